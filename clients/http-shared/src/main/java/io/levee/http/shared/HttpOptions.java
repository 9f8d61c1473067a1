package io.levee.http.shared;

import io.levee.Call;
import io.levee.Levee;
import io.levee.Outcome;
import io.levee.OutcomeReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all calls of one adapter share whatever its client. Immutable and thread-safe. */
public final class HttpOptions {
    /** The engine's rule; see docs/classification.md. */
    private static final String STALE_CONNECTION = "stale-connection";

    private final Levee levee;
    private final long maxReplayBytesPerCall;
    private final ReplayQuota quota;
    private final @Nullable Supplier<String> keys;
    private final @Nullable String deadlineHeader;

    /**
     * The options.
     *
     * @param levee decides
     * @param maxReplayBytesPerCall the most bytes of one body recorded for replay
     * @param maxReplayBytesPerClient the bytes that all calls may record together
     * @param keys makes the keys of calls that have none; null for no keys
     * @param deadlineHeader the name of the header that tells the time left; null for none
     */
    public HttpOptions(
            Levee levee,
            long maxReplayBytesPerCall,
            long maxReplayBytesPerClient,
            @Nullable Supplier<String> keys,
            @Nullable String deadlineHeader) {
        this.levee = levee;
        this.maxReplayBytesPerCall = maxReplayBytesPerCall;
        this.quota = new ReplayQuota(maxReplayBytesPerClient);
        this.keys = keys;
        this.deadlineHeader = deadlineHeader;
    }

    /**
     * The engine.
     *
     * @return decides
     */
    public Levee levee() {
        return levee;
    }

    /**
     * The most bytes of one body recorded for replay.
     *
     * @return bytes
     */
    public long maxReplayBytesPerCall() {
        return maxReplayBytesPerCall;
    }

    /**
     * The bytes that all calls may record together.
     *
     * @return shared by the calls of this adapter
     */
    public ReplayQuota quota() {
        return quota;
    }

    /**
     * A key for a call that has none, if keys are asked for and its method takes one.
     *
     * @param method the method
     * @param keyed whether the request carries a key already
     * @return the key for all attempts of the call; null for none
     */
    public @Nullable String newKey(String method, boolean keyed) {
        return keyed || keys == null || !HttpRules.takesKey(method) ? null : keys.get();
    }

    /**
     * The call of a request.
     *
     * @param target its name, its method, and where it goes
     * @param keyed whether the request carries an Idempotency-Key, its own or {@link #newKey}
     * @param reader translates what an attempt ends with
     * @param discard frees an answer that nobody will get
     * @param <T> what an attempt returns
     * @return the call
     */
    public <T> Call<T> call(
            HttpTarget target, boolean keyed, OutcomeReader<? super T> reader, Consumer<? super T> discard) {
        Call<T> call = Call.<T>named(target.operation())
                .outcome(reader)
                .discard(discard)
                .target(target);
        return HttpRules.isRepeatable(target.method(), keyed) ? call.idempotent() : call;
    }

    /**
     * Asks the engine whether an attempt died of a stale pooled connection: the others in the pool may be as old, so what
     * follows in this call goes out on a fresh one.
     *
     * @param outcome of the attempt
     * @return true if it did
     */
    public boolean isStaleConnection(Outcome outcome) {
        if (!outcome.connectionReused() || outcome.failure() == null) {
            return false;
        }
        try {
            return levee.explain(outcome, true, 0, Duration.ZERO).rule().equals(STALE_CONNECTION);
        } catch (RuntimeException ruleFailed) {
            // A user's rule. The engine meets the same, and ends the call.
            return false;
        }
    }

    /**
     * The header that tells the time left.
     *
     * @return its name, null for none
     */
    public @Nullable String deadlineHeader() {
        return deadlineHeader;
    }

    /**
     * The value of the deadline header: whole milliseconds, rounded down. A request that is passed on for somebody else
     * may carry that somebody's shorter deadline already; the lowest is sent.
     *
     * @param leftNanos the time left of this attempt
     * @param given the header's values in the caller's request; what is no number says nothing
     * @return milliseconds
     */
    public static String deadlineMillis(long leftNanos, List<String> given) {
        return Long.toString(HopHeaders.shortest(TimeUnit.NANOSECONDS.toMillis(leftNanos), given));
    }
}
