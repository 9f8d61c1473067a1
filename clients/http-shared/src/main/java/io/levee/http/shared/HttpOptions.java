package io.levee.http.shared;

import io.levee.Call;
import io.levee.Levee;
import io.levee.Outcome;
import io.levee.OutcomeReader;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
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

    private HttpOptions(Builder from) {
        levee = from.levee;
        maxReplayBytesPerCall = from.maxReplayBytesPerCall;
        quota = new ReplayQuota(from.maxReplayBytesPerClient);
        keys = from.keys;
        deadlineHeader = from.deadlineHeader;
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

    /** Collects the options; the builders of the adapters hand on to this one. Not thread-safe. */
    public static final class Builder {
        /** The limits of gRPC's retry buffer. */
        private static final long DEFAULT_MAX_REPLAY_BYTES_PER_CALL = 1L << 20;

        private static final long DEFAULT_MAX_REPLAY_BYTES_PER_CLIENT = 16L << 20;

        private final Levee levee;
        private long maxReplayBytesPerCall = DEFAULT_MAX_REPLAY_BYTES_PER_CALL;
        private long maxReplayBytesPerClient = DEFAULT_MAX_REPLAY_BYTES_PER_CLIENT;
        private @Nullable Supplier<String> keys;
        private @Nullable String deadlineHeader = HopHeaders.DEADLINE;

        /**
         * The defaults: 1 MiB of a body a call, 16 MiB a client, no keys, {@code Levee-Timeout-Ms}.
         *
         * @param levee decides
         */
        public Builder(Levee levee) {
            this.levee = Objects.requireNonNull(levee, "levee");
        }

        /**
         * Sets the most bytes of one body that are recorded.
         *
         * @param bytes zero or more
         * @throws IllegalArgumentException if the number is negative
         */
        public void maxReplayBytesPerCall(long bytes) {
            maxReplayBytesPerCall = notNegative(bytes, "maxReplayBytesPerCall");
        }

        /**
         * Sets the most bytes that all calls may record together.
         *
         * @param bytes zero or more
         * @throws IllegalArgumentException if the number is negative
         */
        public void maxReplayBytesPerClient(long bytes) {
            maxReplayBytesPerClient = notNegative(bytes, "maxReplayBytesPerClient");
        }

        /**
         * Switches keys on or off. A key is a Structured Field string (RFC 9651), that is: in quotes.
         *
         * @param add true for random keys (version 4 UUIDs), false for none
         */
        public void idempotencyKeys(boolean add) {
            keys = add ? () -> '"' + UUID.randomUUID().toString() + '"' : null;
        }

        /**
         * Sets who makes the keys.
         *
         * @param source gives a new key for each call, with the quotes; null for none
         */
        public void idempotencyKeys(@Nullable Supplier<String> source) {
            keys = source;
        }

        /**
         * Sets the name of the deadline header.
         *
         * @param name the name; null for no header
         * @throws IllegalArgumentException if the name is blank
         */
        public void deadlineHeader(@Nullable String name) {
            if (name != null && name.isBlank()) {
                throw new IllegalArgumentException(
                        "deadlineHeader must be a header's name, is blank; noDeadlineHeader() turns it off");
            }
            deadlineHeader = name;
        }

        /**
         * The options as set so far.
         *
         * @return immutable options with a quota of their own
         */
        public HttpOptions build() {
            return new HttpOptions(this);
        }

        private static long notNegative(long bytes, String setting) {
            if (bytes < 0) {
                throw new IllegalArgumentException(setting + " must be 0 bytes or more, is " + bytes);
            }
            return bytes;
        }
    }
}
