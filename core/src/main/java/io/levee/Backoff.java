package io.levee;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The shipped retry policies: base x multiplier^(n-1) for retry n, cut to the cap, then spread by jitter. Made by
 * {@link RetryPolicy#fixed}, {@link RetryPolicy#jittered} and {@link RetryPolicy#exponential}. Immutable and
 * thread-safe; each method answers a changed copy.
 *
 * <p>Worked series for {@code exponential(100 ms).cap(1 s)}, retries 1 to 6 (ms):
 *
 * <table>
 * <caption>Shortest and longest delay before each retry</caption>
 * <tr><th>jitter</th><th>1</th><th>2</th><th>3</th><th>4</th><th>5</th><th>6</th></tr>
 * <tr><td>none</td><td>100</td><td>200</td><td>400</td><td>800</td><td>1000</td><td>1000</td></tr>
 * <tr><td>{@link #jitter jitter(0.2)}</td><td>80-120</td><td>160-240</td><td>320-480</td><td>640-960</td><td>800-1200</td><td>800-1200</td></tr>
 * <tr><td>{@link #fullJitter()}</td><td>0-100</td><td>0-200</td><td>0-400</td><td>0-800</td><td>0-1000</td><td>0-1000</td></tr>
 * <tr><td>{@link #equalJitter()}</td><td>50-100</td><td>100-200</td><td>200-400</td><td>400-800</td><td>500-1000</td><td>500-1000</td></tr>
 * <tr><td>{@link #decorrelatedJitter()}</td><td>100-300</td><td>100-900</td><td>100-1000</td><td>100-1000</td><td>100-1000</td><td>100-1000</td></tr>
 * </table>
 */
public final class Backoff implements RetryPolicy {
    /** {@link #attempts()} of a policy that has no limit of its own. */
    public static final int ANY = Integer.MAX_VALUE;

    // How a delay is spread, and how that setting is called.
    static final int NONE = 0;
    private static final int FACTOR = 1;
    private static final int FULL = 2;
    private static final int EQUAL = 3;
    private static final int DECORRELATED = 4;
    private static final String[] JITTERS = {"", ".jitter(", ".fullJitter()", ".equalJitter()", ".decorrelatedJitter()"
    };

    private final long baseNanos;
    private final double multiplier;
    private final long capNanos;
    private final int jitter;
    private final double factor;
    private final int attempts;
    private final @Nullable RandomSource ownRandom;

    Backoff(
            long baseNanos,
            double multiplier,
            long capNanos,
            int jitter,
            double factor,
            int attempts,
            @Nullable RandomSource ownRandom) {
        this.baseNanos = baseNanos;
        this.multiplier = multiplier;
        this.capNanos = capNanos;
        this.jitter = jitter;
        this.factor = factor;
        this.attempts = attempts;
        this.ownRandom = ownRandom;
    }

    /**
     * Cuts every delay to a cap, before jitter is applied, so that capped delays still differ.
     *
     * @param cap the longest delay before jitter; zero or more
     * @return a changed copy
     * @throws IllegalArgumentException if the cap is negative
     */
    public Backoff cap(Duration cap) {
        return new Backoff(baseNanos, multiplier, Nanos.of(cap, "cap"), jitter, factor, attempts, ownRandom);
    }

    /**
     * Limits the attempts of a call, the first one included: {@code attempts(3)} allows two retries.
     *
     * @param total the most attempts; 1 or more
     * @return a changed copy
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Backoff attempts(int total) {
        Range.atLeast(1, total, "attempts, of which the first is one,");
        return new Backoff(baseNanos, multiplier, capNanos, jitter, factor, total, ownRandom);
    }

    /**
     * Sets by how much each delay grows over the one before.
     *
     * @param factor 1 or more; 1 keeps the delay fixed
     * @return a changed copy
     * @throws IllegalArgumentException if the factor is less than 1, infinite or not a number
     */
    public Backoff multiplier(double factor) {
        Range.finiteMultiplier(factor, "multiplier");
        return new Backoff(baseNanos, factor, capNanos, jitter, this.factor, attempts, ownRandom);
    }

    /**
     * Spreads each delay evenly over delay x (1 - factor) to delay x (1 + factor), never under 1 ms.
     *
     * @param factor 0 to 1
     * @return a changed copy
     * @throws IllegalArgumentException if the factor is out of range
     */
    public Backoff jitter(double factor) {
        Range.within(0, 1, factor, "jitter factor");
        return new Backoff(baseNanos, multiplier, capNanos, FACTOR, factor, attempts, ownRandom);
    }

    /**
     * Spreads each delay evenly over 0 to the delay: of the three jitters the one with the least load on the
     * downstream. The engine's default.
     *
     * @return a changed copy
     */
    public Backoff fullJitter() {
        return withJitter(FULL);
    }

    /**
     * Keeps half of each delay and spreads the other half: never comes back at once.
     *
     * @return a changed copy
     */
    public Backoff equalJitter() {
        return withJitter(EQUAL);
    }

    /**
     * Spreads each delay evenly over the base to three times the delay before it, cut to the cap. The
     * {@linkplain #multiplier multiplier} has no part in it. A base above the cap gives the cap.
     *
     * @return a changed copy
     */
    public Backoff decorrelatedJitter() {
        return withJitter(DECORRELATED);
    }

    /**
     * Takes the delays as they are.
     *
     * @return a changed copy
     */
    public Backoff noJitter() {
        return withJitter(NONE);
    }

    private Backoff withJitter(int kind) {
        return new Backoff(baseNanos, multiplier, capNanos, kind, 0, attempts, ownRandom);
    }

    /**
     * Makes the delays reproducible: this policy then draws from its own sequence instead of the engine's.
     *
     * @param seed any number
     * @return a changed copy with a sequence of its own
     */
    public Backoff seed(long seed) {
        return new Backoff(baseNanos, multiplier, capNanos, jitter, factor, attempts, RandomSource.seeded(seed));
    }

    /**
     * The most attempts of a call, the first one included.
     *
     * @return the limit, {@link #ANY} for none
     */
    public int attempts() {
        return attempts;
    }

    @Override
    public @Nullable Long nextDelayMs(int tryCount) {
        long previous = 0;
        if (jitter == DECORRELATED && tryCount < attempts) {
            // The chain of draws that a call would have made; past the cap further draws are all alike.
            int draws = Math.min(tryCount - 1, 64);
            for (int i = 0; i < draws; i++) {
                previous = nextDelayNanos(1, previous, RandomSource.system());
            }
        }
        long nanos = nextDelayNanos(tryCount, previous, RandomSource.system());
        return nanos == STOP ? null : (Long) Nanos.toMillisUp(nanos);
    }

    @Override
    public long nextDelayNanos(int tryCount, long previousDelayNanos, RandomSource random) {
        if (tryCount <= 0) {
            return firstAttempt(tryCount);
        }
        if (tryCount >= attempts) {
            return STOP;
        }
        RandomSource source = ownRandom == null ? random : ownRandom;
        long shortest = shortest(tryCount);
        return shortest + below(longest(tryCount, previousDelayNanos) - shortest, source);
    }

    private static long below(long width, RandomSource random) {
        if (width == 0) {
            return 0;
        }
        return random.nextBelow(width == Long.MAX_VALUE ? width : width + 1);
    }

    /**
     * The shortest delay that a retry can get.
     *
     * @param tryCount the number of the retry: 1 is the first one
     * @return nanoseconds, or {@link #STOP}
     * @throws IllegalArgumentException if the count is negative
     */
    public long shortestDelayNanos(int tryCount) {
        if (tryCount <= 0) {
            return firstAttempt(tryCount);
        }
        return tryCount >= attempts ? STOP : shortest(tryCount);
    }

    /**
     * The longest delay that a retry can get.
     *
     * @param tryCount the number of the retry: 1 is the first one
     * @return nanoseconds, or {@link #STOP}
     * @throws IllegalArgumentException if the count is negative
     */
    public long longestDelayNanos(int tryCount) {
        if (tryCount <= 0) {
            return firstAttempt(tryCount);
        }
        if (tryCount >= attempts) {
            return STOP;
        }
        if (jitter != DECORRELATED) {
            return longest(tryCount, 0);
        }
        return decorrelatedBound(scaled(cappedBase(), Math.pow(3.0, tryCount - 1.0)));
    }

    private static long firstAttempt(int tryCount) {
        Range.atLeast(0, tryCount, "tryCount");
        return 0;
    }

    private long shortest(int tryCount) {
        if (jitter == FULL) {
            return 0;
        }
        if (jitter == DECORRELATED) {
            return cappedBase();
        }
        long raw = raw(tryCount);
        return jitter == FACTOR
                ? Math.max(Nanos.PER_MILLI, scaled(raw, 1.0 - factor))
                : jitter == EQUAL ? raw / 2 : raw;
    }

    private long longest(int tryCount, long previousDelayNanos) {
        if (jitter == DECORRELATED) {
            return decorrelatedBound(Math.max(previousDelayNanos, cappedBase()));
        }
        long raw = raw(tryCount);
        return jitter == FACTOR ? Math.max(Nanos.PER_MILLI, scaled(raw, 1.0 + factor)) : raw;
    }

    private long decorrelatedBound(long previousNanos) {
        return Math.max(cappedBase(), Math.min(capNanos, scaled(previousNanos, 3.0)));
    }

    private long cappedBase() {
        return Math.min(baseNanos, capNanos);
    }

    /** base x multiplier^(n-1), cut to the cap. */
    private long raw(int tryCount) {
        if (multiplier == 1.0 || tryCount == 1) {
            return cappedBase();
        }
        if (multiplier == 2.0) {
            int shift = tryCount - 1;
            // Doubling by shift is exact; numberOfLeadingZeros - 1 is how often a long can be doubled.
            boolean overflows = baseNanos != 0 && shift >= Long.numberOfLeadingZeros(baseNanos);
            return overflows ? capNanos : Math.min(capNanos, baseNanos == 0 ? 0 : baseNanos << shift);
        }
        return Math.min(capNanos, scaled(baseNanos, Math.pow(multiplier, tryCount - 1.0)));
    }

    /** The product, at most Long.MAX_VALUE: the conversion from double saturates, and 0 x infinity is 0 here. */
    private static long scaled(long nanos, double by) {
        return nanos == 0 ? 0 : (long) (nanos * by);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Backoff that
                && baseNanos == that.baseNanos
                && multiplier == that.multiplier
                && capNanos == that.capNanos
                && jitter == that.jitter
                && factor == that.factor
                && attempts == that.attempts
                && Objects.equals(ownRandom, that.ownRandom);
    }

    @Override
    public int hashCode() {
        return Objects.hash(baseNanos, multiplier, capNanos, jitter, factor, attempts, ownRandom);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(multiplier == 1.0 ? "fixed(" : "exponential(");
        text.append(Nanos.text(baseNanos)).append(')');
        if (multiplier != 1.0 && multiplier != 2.0) {
            text.append(".multiplier(").append(multiplier).append(')');
        }
        if (capNanos != Nanos.NEVER) {
            text.append(".cap(").append(Nanos.text(capNanos)).append(')');
        }
        text.append(JITTERS[jitter]);
        if (jitter == FACTOR) {
            text.append(factor).append(')');
        }
        if (attempts != ANY) {
            text.append(".attempts(").append(attempts).append(')');
        }
        return text.toString();
    }
}
