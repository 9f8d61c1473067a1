package io.levee.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.levee.Levee;
import io.levee.http.shared.ReplayQuota;
import io.levee.http.shared.options.ReplayBuilder;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ClientInterceptor} that sends every call under the protection of a {@link Levee}.
 *
 * <pre>{@code
 * ManagedChannel channel = Grpc.newChannelBuilder("inventory:8080", credentials)
 *         .disableRetry() // one engine retries, not two
 *         .intercept(LeveeClientInterceptor.of(Levee.named("inventory").build()))
 *         .build();
 * }</pre>
 *
 * <p>An attempt is retried until its first response headers arrive (gRFC A6). A call is not idempotent unless its method
 * says so ({@link MethodDescriptor#isIdempotent()}, {@link MethodDescriptor#isSafe()}), {@link Builder#idempotent} does,
 * or the call's own {@link #IDEMPOTENT}; one that is not is sent again only if the server has provably not processed it.
 *
 * <p>The deadline is that of the {@link CallOptions}, the {@link io.grpc.Context}, the enclosing {@link io.levee.Scope} or
 * the Levee, whichever is first, and holds for the whole call. The attempt timeout bounds an attempt with one response;
 * where responses are streamed it bounds the wait for the first headers, and the deadline the stream. A stream is one call
 * from its start to its end: it counts as in flight, how it ends is told to breaker, metrics and listeners (it is never
 * repeated once it has begun), and a rule about slow calls looks at the time to its first headers. Cancelling call, context
 * or scope, and closing the Levee, ends the attempt that runs, the stream or the backoff.
 *
 * <p>What the listener hears is what it would hear of one call: callbacks are never concurrent and in order, and nothing of
 * an attempt that was given up comes through. The last attempt's status and trailers arrive as they are; the status' cause
 * carries Levee's note ({@link io.levee.Decision#of}). Refusals by Levee are UNAVAILABLE (breaker, closed),
 * RESOURCE_EXHAUSTED (no permit, bulkhead), DEADLINE_EXCEEDED or CANCELLED.
 *
 * <p>Message objects are kept until the call is committed and must not be changed once they are sent, as gRPC demands
 * anyway; a marshaller without {@link io.grpc.KnownLength} is asked twice for a message, once to measure it.
 *
 * <p>Thread-safe. Give it to a channel, or to the stubs whose calls it shall guard; interceptors added before it see one call
 * and those after it every attempt.
 */
public final class LeveeClientInterceptor implements ClientInterceptor {
    /** Whether this one call may reach the server twice. Unset, its method counts. */
    public static final CallOptions.Key<@Nullable Boolean> IDEMPOTENT =
            CallOptions.Key.create("io.levee.grpc.idempotent");

    private final Settings settings;

    private LeveeClientInterceptor(Settings settings) {
        this.settings = settings;
    }

    /**
     * An interceptor with the defaults of {@link Builder}.
     *
     * @param levee decides; remains the caller's
     * @return an interceptor
     */
    public static LeveeClientInterceptor of(Levee levee) {
        return builder(levee).build();
    }

    /**
     * Begins to set up an interceptor.
     *
     * @param levee decides; remains the caller's
     * @return a builder with the defaults
     */
    public static Builder builder(Levee levee) {
        return new Builder(levee);
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
            MethodDescriptor<ReqT, RespT> method, CallOptions callOptions, Channel next) {
        return new GuardedCall<>(settings, method, callOptions, next);
    }

    /**
     * How often the channel was about to retry a call by a retry policy of its own, and was kept from it. More than zero
     * means that the channel should be built with {@code disableRetry()}.
     *
     * @return the number since this interceptor was made
     */
    public long channelRetriesStoodDown() {
        return settings.channelRetries().stoodDown();
    }

    /** For tests: the bytes of messages that are kept for replay at this moment. */
    long replayBytesInUse() {
        return settings.quota().used();
    }

    @Override
    public String toString() {
        return "LeveeClientInterceptor[" + settings.levee().name() + "]";
    }

    /** Sets up a {@link LeveeClientInterceptor}. Not thread-safe. */
    public static final class Builder extends ReplayBuilder<Builder> {
        private @Nullable Predicate<? super MethodDescriptor<?, ?>> idempotent;
        private Executor executor = ForkJoinPool.commonPool();

        private Builder(Levee levee) {
            super(levee);
        }

        /**
         * Says which methods may reach the server twice, beside those whose descriptor says so. Default: no other; a
         * method is what its author says, and most say nothing.
         *
         * @param methods true for a method whose repetition does no more than one call of it
         * @return this
         */
        public Builder idempotent(Predicate<? super MethodDescriptor<?, ?>> methods) {
            idempotent = Objects.requireNonNull(methods, "methods");
            return this;
        }

        /**
         * Sets who runs the callbacks that no attempt's thread can run (a refusal, a cancellation in mid-backoff), of calls
         * whose {@link CallOptions} have no executor. Default {@link ForkJoinPool#commonPool()}: the channel's own executor
         * is not known to an interceptor.
         *
         * @param executor the executor
         * @return this
         */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Makes the interceptor.
         *
         * @return a new one with a replay quota of its own
         */
        public LeveeClientInterceptor build() {
            Duration deadline = levee().settings().deadline();
            return new LeveeClientInterceptor(new Settings(
                    levee(),
                    deadline == null ? Long.MAX_VALUE : deadline.toNanos(),
                    replayBytesPerCall(),
                    new ReplayQuota(replayBytesPerClient()),
                    idempotent,
                    executor,
                    new ChannelRetries()));
        }
    }
}
