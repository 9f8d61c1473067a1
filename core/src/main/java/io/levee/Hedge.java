package io.levee;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends a second attempt while the first is still out, once that takes longer than nearly all others do, and takes
 * whichever succeeds first: against the one slow answer in twenty, not against a downstream that is slow.
 *
 * <pre>{@code
 * Levee.named("inventory").hedge(Hedge.afterPercentile(0.95))
 * }</pre>
 *
 * <p>A hedge is an attempt like any other: it has the next number, counts against the retry policy's attempts, passes
 * throttle, breaker, limits and limiter (it never waits for a permit), has the attempt timeout and the call's deadline.
 * Besides, it is sent only
 * <ul>
 *   <li>for the first attempt of an asynchronous call that is {@linkplain Call#idempotent() idempotent};
 *   <li>if the retry budget pays for it. The token does not come back when the hedge wins: under overload all attempts are
 *       slower than they used to be, and hedges that were free would then double the load.
 * </ul>
 *
 * The first success ends the call and cancels the other attempt: its stage is cancelled and its scope with it. A failure
 * that is final ends the call as well. If one fails in a way that may be retried, the other decides; if both fail, the
 * call goes on as after a failed attempt.
 *
 * <p>Not offered for synchronous calls: an attempt runs on the caller's thread, and a second one would need another
 * thread and a body that two threads may run at once. {@code callAsync} on an executor of your own is that, said openly.
 *
 * <p>Thread-safe.
 */
public final class Hedge {
    /** {@link Snapshot#delayNanos()} while too few attempts have succeeded to know a percentile: no hedge is sent. */
    public static final long UNKNOWN_DELAY = LatencyWindow.UNKNOWN;

    private final @Nullable LatencyWindow latency;
    private final long fixedNanos;
    private final long leastNanos;
    final LongAdder sent = new LongAdder();
    final LongAdder won = new LongAdder();

    private Hedge(Spec spec, long nowNanos) {
        fixedNanos = spec.fixedNanos;
        leastNanos = spec.leastNanos;
        latency =
                spec.share == 0 ? null : new LatencyWindow(spec.share, spec.windowNanos, spec.minimumSamples, nowNanos);
    }

    /**
     * Hedges an attempt that has taken as long as this share of the successful attempts of the last minute did not.
     *
     * @param share 0.5 to 0.999; the usual 0.95 sends a hedge for one call in twenty
     * @return a configuration to refine
     * @throws IllegalArgumentException if out of range
     */
    public static Spec afterPercentile(double share) {
        Range.within(0.5, 0.999, share, "hedge percentile");
        return new Spec(share, 0, Nanos.PER_MILLI, 60 * Nanos.PER_SECOND, 100);
    }

    /**
     * Hedges an attempt that has taken this long. To be looked after: a fixed delay does not follow the downstream.
     *
     * @param delay 1 ms or more
     * @return a configuration
     * @throws IllegalArgumentException if less than 1 ms
     */
    public static Spec after(Duration delay) {
        return new Spec(0, Spec.atLeastAMilli(delay, "hedge delay"), Nanos.PER_MILLI, 0, 0);
    }

    /** How long an attempt that starts now runs before it is hedged, or {@link #UNKNOWN_DELAY}. */
    long delayNanos(long nowNanos) {
        LatencyWindow known = latency;
        if (known == null) {
            return fixedNanos;
        }
        long percentile = known.percentileNanos(nowNanos);
        return percentile == LatencyWindow.UNKNOWN ? UNKNOWN_DELAY : Math.max(leastNanos, percentile);
    }

    /** True if successes are to be {@linkplain #record recorded}. */
    boolean needsDuration() {
        return latency != null;
    }

    /**
     * An attempt has succeeded, or was cancelled because its hedge did. The latter has taken at least that long: left out,
     * each hedge that wins would take a slow attempt out of the percentile, and hedges would make more hedges.
     */
    void record(long durationNanos) {
        LatencyWindow known = latency;
        if (known != null) {
            known.record(durationNanos);
        }
    }

    /**
     * The figures.
     *
     * @param nowNanos the present instant
     * @return a snapshot
     */
    public Snapshot snapshot(long nowNanos) {
        return new Snapshot(delayNanos(nowNanos), sent.sum(), won.sum());
    }

    /**
     * A hedge's figures.
     *
     * @param delayNanos how long an attempt runs before it is hedged; {@link #UNKNOWN_DELAY} while that is not known
     * @param sent hedges sent so far
     * @param won those of them that ended their call with success
     */
    public record Snapshot(long delayNanos, long sent, long won) {}

    /** When attempts are hedged. Immutable; each method answers a changed copy. */
    public static final class Spec {
        /** 0 for a fixed delay. */
        private final double share;

        private final long fixedNanos;
        private final long leastNanos;
        private final long windowNanos;
        private final int minimumSamples;

        private Spec(double share, long fixedNanos, long leastNanos, long windowNanos, int minimumSamples) {
            this.share = share;
            this.fixedNanos = fixedNanos;
            this.leastNanos = leastNanos;
            this.windowNanos = windowNanos;
            this.minimumSamples = minimumSamples;
        }

        private static long atLeastAMilli(Duration delay, String setting) {
            long nanos = Nanos.of(delay, setting);
            if (nanos < Nanos.PER_MILLI) {
                throw Range.wrong(setting, "1 ms or more", delay);
            }
            return nanos;
        }

        private void requirePercentile(String setting) {
            if (share == 0) {
                throw new IllegalArgumentException(
                        "hedge " + setting + " has no meaning with a fixed delay; use afterPercentile");
            }
        }

        /**
         * Sets the shortest delay, whatever the percentile. Default 1 ms, which is also the timer's resolution.
         *
         * @param delay 1 ms or more
         * @return a changed copy
         * @throws IllegalArgumentException if less than 1 ms, or if the delay is fixed
         */
        public Spec atLeast(Duration delay) {
            requirePercentile("atLeast");
            return new Spec(share, fixedNanos, atLeastAMilli(delay, "hedge atLeast"), windowNanos, minimumSamples);
        }

        /**
         * Sets how long durations are remembered. Default 1 minute.
         *
         * @param length 1 s to 1 h
         * @return a changed copy
         * @throws IllegalArgumentException if out of range, or if the delay is fixed
         */
        public Spec window(Duration length) {
            requirePercentile("window");
            long nanos = Range.within(Nanos.PER_SECOND, 3_600 * Nanos.PER_SECOND, length, "hedge window");
            return new Spec(share, fixedNanos, leastNanos, nanos, minimumSamples);
        }

        /**
         * Sets the fewest durations that a percentile is taken of; with fewer nothing is hedged. Default 100: five of them
         * are above the 95th percentile.
         *
         * @param samples 10 to 100,000
         * @return a changed copy
         * @throws IllegalArgumentException if out of range, or if the delay is fixed
         */
        public Spec minimumSamples(int samples) {
            requirePercentile("minimumSamples");
            Range.within(10, 100_000, samples, "hedge minimumSamples");
            return new Spec(share, fixedNanos, leastNanos, windowNanos, samples);
        }

        Hedge build(long nowNanos) {
            return new Hedge(this, nowNanos);
        }

        @Override
        public String toString() {
            return share == 0
                    ? "after(" + Nanos.text(fixedNanos) + ")"
                    : "afterPercentile(" + share + ").atLeast(" + Nanos.text(leastNanos) + ").window("
                            + Nanos.text(windowNanos) + ").minimumSamples(" + minimumSamples + ")";
        }
    }
}
