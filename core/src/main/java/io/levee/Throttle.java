package io.levee;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Rejects a share of the attempts in this process while the downstream refuses many of those that it is sent: a refusal
 * costs a downstream work as well, and one that is overloaded far enough does nothing but refuse.
 *
 * <pre>{@code
 * Levee.named("inventory").throttle(Throttle.adaptive())
 * }</pre>
 *
 * <p>The rule is that of the SRE book, chapter 21 ("Client-side throttling"). Over the last two minutes
 *
 * <pre>
 *   probability to reject = max(0, (requests - K x accepts) / (requests + 1)),   at most maxRejection
 *
 *   requests   attempts that wanted to be sent: those that were, and those rejected here
 *   accepts    attempts that were sent and that the downstream did not refuse for overload
 * </pre>
 *
 * With K = 2, so nothing is rejected while at least half of the attempts are accepted. Of 1,000 requests:
 *
 * <pre>
 *   accepts      1000    600    500    400    300    200    100      0
 *   probability     0      0      0   0.20   0.40   0.60   0.80   0.90   (0.999 without the bound)
 * </pre>
 *
 * <p>A refusal is a fault that another attempt might not have met: status 429, 408, 502, 503 or 504, no connection, a
 * connection that broke, a timeout, and whatever a classifier of the user's calls retryable and a fault. An answer is an
 * accept, be it an error (404, 500). An attempt on its way counts as accepted until it is known to be refused, and so
 * does one that was cancelled: a process that starts with a thousand attempts at once has not been refused anything.
 * Each attempt counts at the instant at which it was sent.
 *
 * <p>Thread-safe and lock-free; allocates nothing. While nothing was refused or rejected within the window an attempt
 * costs one volatile read and one CAS, and a success costs nothing. Reads no clock: instants are handed in, nanoseconds
 * on the scale of one {@link TimeSource}.
 *
 * <p>Not guaranteed:
 * <ul>
 *   <li>an exact window: an attempt is forgotten when it is between 15/16 of the window and the window old;
 *   <li>exact counts above 262,143 attempts in a sixteenth of the window (35,000 a second with the default): both counts
 *       are then halved, and a refusal that comes after that weighs double;
 *   <li>anything about attempts that take longer than the window: their refusal is not counted.
 * </ul>
 */
public final class Throttle {
    private final double multiplier;
    private final double maxRejection;
    private final long minimumRequests;
    private final long windowNanos;
    private final RandomSource random;

    /** Calls are the requests; marked are those of them that were not accepted: rejected here, or refused. */
    private final TimeWindow window;

    /** From this instant on no marked request is left in the window. Opponents: those who mark; the latest one holds. */
    private final AtomicLong markedUntilNanos = new AtomicLong();

    private Throttle(Spec spec, RandomSource random) {
        multiplier = spec.multiplier;
        maxRejection = spec.maxRejection;
        windowNanos = spec.windowNanos;
        minimumRequests = (long) Math.ceil(spec.minimumPerSecond * (windowNanos / (double) Nanos.PER_SECOND));
        window = new TimeWindow(windowNanos);
        this.random = random;
    }

    /**
     * A throttle with the SRE book's numbers: K = 2 over two minutes.
     *
     * @return a configuration to refine
     */
    public static Spec adaptive() {
        return new Spec(2.0, 120 * Nanos.PER_SECOND, 0.9, 5.0);
    }

    /**
     * Asks whether an attempt may be sent. A rejection is counted here; an attempt that is then sent, by {@link #onSent}.
     *
     * @param nowNanos the present instant
     * @return false if it must not be sent
     */
    public boolean tryAcquire(long nowNanos) {
        if (nowNanos >= markedUntilNanos.get()) {
            return true;
        }
        double probability = rejectionProbability(nowNanos);
        if (probability <= 0 || share(random.nextLong()) >= probability) {
            return true;
        }
        window.addMarked(nowNanos);
        keepMarked(nowNanos);
        return false;
    }

    /** 53 random bits as a number from 0 (included) to 1 (excluded). */
    private static double share(long bits) {
        return (bits >>> 11) * 0x1p-53;
    }

    /**
     * Counts an attempt that is sent now, before its result is known.
     *
     * @param nowNanos the present instant
     */
    public void onSent(long nowNanos) {
        window.addPlain(nowNanos);
    }

    /**
     * Counts that the downstream refused an attempt. What it accepted need not be told.
     *
     * @param sentAtNanos the instant that was told to {@link #onSent} for this attempt
     */
    public void onRefused(long sentAtNanos) {
        window.mark(sentAtNanos);
        keepMarked(sentAtNanos);
    }

    private void keepMarked(long atNanos) {
        long until = Nanos.add(atNanos, windowNanos);
        long known = markedUntilNanos.get();
        while (until > known && !markedUntilNanos.compareAndSet(known, until)) {
            known = markedUntilNanos.get();
        }
    }

    /**
     * The probability with which an attempt is rejected now.
     *
     * @param nowNanos the present instant
     * @return 0 to the most that may be rejected
     */
    public double rejectionProbability(long nowNanos) {
        return probability(window.counts(nowNanos));
    }

    private double probability(long counts) {
        int requests = OutcomeWindow.calls(counts);
        if (requests < minimumRequests) {
            return 0;
        }
        double accepts = requests - OutcomeWindow.marked(counts);
        return Math.min(maxRejection, Math.max(0, (requests - multiplier * accepts) / (requests + 1.0)));
    }

    /**
     * The figures that decide.
     *
     * @param nowNanos the present instant
     * @return a snapshot
     */
    public Snapshot snapshot(long nowNanos) {
        long counts = window.counts(nowNanos);
        int requests = OutcomeWindow.calls(counts);
        return new Snapshot(requests, requests - OutcomeWindow.marked(counts), probability(counts));
    }

    /**
     * A throttle's figures.
     *
     * @param requests attempts within the window that wanted to be sent
     * @param accepts those of them that were sent and not refused, so far
     * @param rejectionProbability the probability with which the next one is rejected
     */
    public record Snapshot(int requests, int accepts, double rejectionProbability) {}

    /** How a throttle is to be. Immutable; each method answers a changed copy. One spec can build many throttles. */
    public static final class Spec {
        private final double multiplier;
        private final long windowNanos;
        private final double maxRejection;
        private final double minimumPerSecond;

        private Spec(double multiplier, long windowNanos, double maxRejection, double minimumPerSecond) {
            this.multiplier = multiplier;
            this.windowNanos = windowNanos;
            this.maxRejection = maxRejection;
            this.minimumPerSecond = minimumPerSecond;
        }

        /**
         * Sets K, the requests that are let through for each accept. Default 2 (SRE book). Smaller rejects earlier and
         * saves the downstream more; larger keeps more attempts going to one that may have recovered.
         *
         * @param k 1 to 100; with 1 every refusal counts
         * @return a changed copy
         * @throws IllegalArgumentException if out of range
         */
        public Spec multiplier(double k) {
            Range.within(1, 100, k, "throttle multiplier");
            return new Spec(k, windowNanos, maxRejection, minimumPerSecond);
        }

        /**
         * Sets how long an attempt is remembered. Default 2 minutes (SRE book). Much longer than an attempt can take is
         * right.
         *
         * @param length 1 s to 1 h
         * @return a changed copy
         * @throws IllegalArgumentException if out of range
         */
        public Spec window(Duration length) {
            long nanos = Range.within(Nanos.PER_SECOND, 3_600 * Nanos.PER_SECOND, length, "throttle window");
            return new Spec(multiplier, nanos, maxRejection, minimumPerSecond);
        }

        /**
         * Sets the most that is rejected, so that a share of the attempts goes on and finds out when the downstream is
         * well again. Default 0.9 (failsafe-go; Finagle 0.75).
         *
         * @param share more than 0, at most 0.99
         * @return a changed copy
         * @throws IllegalArgumentException if out of range
         */
        public Spec maxRejection(double share) {
            if (!(share > 0 && share <= 0.99)) {
                throw Range.wrong(
                        "throttle maxRejection",
                        "more than 0 and at most 0.99, since attempts have to find out when it is over",
                        share);
            }
            return new Spec(multiplier, windowNanos, share, minimumPerSecond);
        }

        /**
         * Sets the rate, on average over the window, below which nothing is rejected: a few attempts say little, and harm
         * little. Default 5 (Finagle); a process that has just started counts up to it first.
         *
         * @param perSecond requests a second, 0 to 1,000
         * @return a changed copy
         * @throws IllegalArgumentException if out of range
         */
        public Spec minimumPerSecond(double perSecond) {
            Range.within(0, 1_000, perSecond, "throttle minimumPerSecond");
            return new Spec(multiplier, windowNanos, maxRejection, perSecond);
        }

        /**
         * Builds a throttle that has seen nothing yet.
         *
         * @param random decides which attempts are rejected
         * @return a new throttle
         */
        public Throttle build(RandomSource random) {
            return new Throttle(this, Objects.requireNonNull(random, "random"));
        }

        @Override
        public String toString() {
            return "adaptive().multiplier(" + multiplier + ").window(" + Nanos.text(windowNanos) + ").maxRejection("
                    + maxRejection + ").minimumPerSecond(" + minimumPerSecond + ")";
        }
    }
}
