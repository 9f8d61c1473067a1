package io.levee.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.levee.Scope;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ServerInterceptor}: what serves a call runs in a {@link Scope} with its caller's deadline and attempt number, is
 * cancelled when its caller has gone, and tells its caller not to retry where it has done so in vain itself.
 *
 * <pre>{@code
 * Server server = ServerBuilder.forPort(8080)
 *         .addService(ServerInterceptors.intercept(orders, LeveeServerInterceptor.standard()))
 *         .build();
 * }</pre>
 *
 * <p>The deadline is that of {@code grpc-timeout} or the server's own {@link #longest}, whichever is first; the attempt is
 * {@code grpc-previous-rpc-attempts} (gRFC A6). A call whose time is up when it comes is closed with DEADLINE_EXCEEDED before
 * anything is done. A call that fails after calls made for it were retried in vain, met an open breaker or an empty retry
 * budget carries {@code grpc-retry-pushback-ms: -1}, gRPC's own word for 'do not retry', unless the service has set one.
 *
 * <p>The scope holds on the threads that run the service's callbacks, where a generated stub's method is one; a thread of
 * the application's own takes it along ({@code Scope.current().wrap(task)}). It is cancelled with gRPC's {@link Context}: when the
 * client cancels, its connection is lost, the deadline passes (also while a callback runs) or the call has ended; and when a
 * callback throws. Work that shall outlive the call takes a scope of its own. Immutable and thread-safe.
 */
public final class LeveeServerInterceptor implements ServerInterceptor {
    private static final LeveeServerInterceptor STANDARD = new LeveeServerInterceptor(null, ForkJoinPool.commonPool());
    private static final String NEVER = "-1";

    private final @Nullable Duration longest;
    private final Executor canceller;

    private LeveeServerInterceptor(@Nullable Duration longest, Executor canceller) {
        this.longest = longest;
        this.canceller = canceller;
    }

    /**
     * The caller's deadline, and no limit of the server's own.
     *
     * @return the defaults
     */
    public static LeveeServerInterceptor standard() {
        return STANDARD;
    }

    /**
     * This with a limit on what any call may take, whatever its caller says. Default: none. It ends what is done with Levee;
     * the call itself goes on until the service ends it.
     *
     * @param time more than zero
     * @return a copy
     * @throws IllegalArgumentException if the time is zero or negative
     */
    public LeveeServerInterceptor longest(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("longest must be more than zero, is " + time);
        }
        return new LeveeServerInterceptor(time, canceller);
    }

    /**
     * This with another executor to cancel scopes on: cancelling runs what waits for it, which must not hold up a thread of
     * the transport's. Default {@link ForkJoinPool#commonPool()}.
     *
     * @param executor the executor
     * @return a copy
     */
    public LeveeServerInterceptor executor(Executor executor) {
        return new LeveeServerInterceptor(longest, Objects.requireNonNull(executor, "executor"));
    }

    @Override
    public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
            ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
        Context context = Context.current();
        Deadline deadline = context.getDeadline();
        if (deadline != null && deadline.isExpired()) {
            call.close(
                    Status.DEADLINE_EXCEEDED.withDescription(
                            "the caller's time was up when the call came; nothing was done"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        Scope scope = Scope.serving(timeLeft(deadline), attempt(headers));
        // Not onCancel, which waits until the callback that runs has returned.
        context.addListener(ended -> scope.cancel(), canceller);
        ServerCall.Listener<ReqT> listener;
        try (Scope.Attachment here = scope.attach()) {
            listener = next.startCall(new ScopedCall<>(call, scope), headers);
        }
        return new ScopedListener<>(listener, scope);
    }

    private @Nullable Duration timeLeft(@Nullable Deadline deadline) {
        if (deadline == null) {
            return longest;
        }
        Duration left = Duration.ofNanos(Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
        return longest == null || left.compareTo(longest) < 0 ? left : longest;
    }

    /** What cannot be read says nothing. */
    private static int attempt(Metadata headers) {
        String previous = headers.get(Translation.PREVIOUS_ATTEMPTS);
        if (previous == null) {
            return 0;
        }
        try {
            return Integer.parseInt(previous.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static final class ScopedCall<ReqT, RespT> extends SimpleForwardingServerCall<ReqT, RespT> {
        private final Scope scope;

        ScopedCall(ServerCall<ReqT, RespT> call, Scope scope) {
            super(call);
            this.scope = scope;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!status.isOk() && scope.hasGivenUp() && !trailers.containsKey(Translation.PUSHBACK)) {
                trailers.put(Translation.PUSHBACK, NEVER);
            }
            super.close(status, trailers);
        }
    }

    private static final class ScopedListener<ReqT> extends SimpleForwardingServerCallListener<ReqT> {
        private final Scope scope;

        ScopedListener(ServerCall.Listener<ReqT> listener, Scope scope) {
            super(listener);
            this.scope = scope;
        }

        private void run(Runnable callback) {
            try (Scope.Attachment here = scope.attach()) {
                callback.run();
            } catch (RuntimeException | Error failed) {
                scope.cancel();
                throw failed;
            }
        }

        @Override
        public void onMessage(ReqT message) {
            run(() -> super.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            run(super::onHalfClose);
        }

        @Override
        public void onCancel() {
            run(super::onCancel);
        }

        @Override
        public void onComplete() {
            run(super::onComplete);
        }

        @Override
        public void onReady() {
            run(super::onReady);
        }
    }
}
