package io.levee;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many attempts, first ones and retries alike, are sent to a downstream in a time.
 *
 * <pre>{@code
 * Levee.named("inventory").limiter(Limiter.perSecond(100).burst(100))
 * }</pre>
 *
 * <p>In every window of any length t at most rate x t + burst permits are granted; exactly, not on average. An attempt
 * that finds no permit waits for one if one will be there before its deadline, and is refused at once if not. First
 * attempts wait in one queue and retries in another; both are served in the order of arrival, first attempts before
 * retries. Nobody holds a place at a future instant: a permit is taken at the moment at which it is handed to the one
 * who has waited longest, so the place of one who gives up falls to the next.
 *
 * <p>Thread-safe and lock-free. A permit that is there at once costs one CAS and no allocation. Instants are handed in:
 * nanoseconds on the scale of the {@link TimeSource} that the limiter was built with, read from it before the call.
 *
 * <p>Not guaranteed: that a permit is handed out at the very instant from which on it is there (it is late by as much
 * as the time source's timer, and above 10^6 permits per second, where groups of threads take their permits off the limiter
 * some at a time, by up to 0.3 ms; never early); a place for retries (while first attempts alone use up the rate, retries
 * wait until their deadline); that a rate above 10^6 per second is used up wholly (one permit stands for a whole number
 * of nanoseconds, rounded up, so at most rate / 10^9 of the rate is lost).
 */
public final class Limiter {
    private final PermitQueue permits;

    private Limiter(PermitQueue permits) {
        this.permits = permits;
    }

    /**
     * So many permits a second: {@code perSecond(3)} grants one every 333,333,334 ns, {@code perSecond(0.5)} one every
     * two seconds.
     *
     * @param permits permits per second; more than 0 (at least one in 36 years), at most 10^9
     * @return a configuration to refine
     * @throws IllegalArgumentException if the rate is out of range
     */
    public static Spec perSecond(double permits) {
        return new Spec(LimiterRule.perSecond(permits), Spec.DEFAULT_MAX_WAITING);
    }

    /**
     * So many permits in a period: {@code per(Duration.ofDays(1), 1000)}. A rate, not a quota: the permits come evenly
     * over the period, and no period begins anew at its end (at such an end a quota lets twice as many through).
     *
     * @param period the period; more than zero
     * @param permits how many permits come in it; 1 or more, at most one a nanosecond
     * @return a configuration to refine
     * @throws IllegalArgumentException if an argument is out of range
     */
    public static Spec per(Duration period, long permits) {
        return new Spec(LimiterRule.per(period, permits), Spec.DEFAULT_MAX_WAITING);
    }

    /**
     * Takes a permit for a first attempt if one is there. Never waits, and does not pass first attempts that wait
     * already (it does pass retries that wait).
     *
     * @param nowNanos the present instant
     * @return false if there is none
     */
    public boolean tryAcquire(long nowNanos) {
        return permits.tryTake(nowNanos);
    }

    /**
     * Takes a permit, or a place among those who wait for one.
     *
     * @param nowNanos the present instant
     * @param retry whether this is for a retry: then it passes nobody who waits
     * @param giveUpAtNanos when the caller will cancel the ticket, {@link Long#MAX_VALUE} for never; the limiter
     *     itself sets no timer for it. A permit that is there now is granted whatever this says
     * @param onGranted run once, when a ticket that was not {@linkplain Ticket#isImmediate() granted at once} is
     *     granted, on the time source's timer thread or on a thread that takes, cancels or gives back a ticket of this
     *     limiter; it must be short and must not block, for those who wait behind it get no permit until it ends. What
     *     it throws goes to the thread's uncaught exception handler. It may run before this method returns
     * @return a ticket; null if it can be foreseen that no permit comes before the caller gives up, or if as many wait
     *     as may ({@link Spec#maxWaiting})
     */
    public @Nullable Ticket acquire(long nowNanos, boolean retry, long giveUpAtNanos, Runnable onGranted) {
        Objects.requireNonNull(onGranted, "onGranted");
        return permits.join(nowNanos, retry, giveUpAtNanos, onGranted);
    }

    /**
     * Gives back a permit that {@link #tryAcquire} granted and that was not used. At the instant at which it was taken
     * it comes back whole; later less the time it was held for, and not at all after 1 / rate or after a
     * {@link #change}: with more, a burst could follow that the rate doesn't allow.
     *
     * @param acquiredAtNanos the instant that was handed to {@link #tryAcquire}
     */
    public void giveBack(long acquiredAtNanos) {
        new Ticket(permits, acquiredAtNanos).cancel();
    }

    /**
     * Changes rate and burst. The permits that are there stay there, up to the new burst; a larger burst fills up with
     * time. Those who wait are served by the new rule from now on. A window with one change in it sees at most what
     * the more generous of the two rules would allow it; therefore, where the rate rises and the burst falls, what has
     * been taken of the old burst is paid off first. Over several changes: at most the highest rate x t + the largest
     * burst.
     *
     * @param permitsPerSecond the new rate, as in {@link #perSecond}
     * @param burst the new burst, as in {@link Spec#burst}
     * @throws IllegalArgumentException if an argument is out of range; then nothing has changed
     */
    public void change(double permitsPerSecond, long burst) {
        permits.change(LimiterRule.perSecond(permitsPerSecond).withBurst(burst));
    }

    /**
     * How long a first attempt that asked now would wait, if nobody before it gave up.
     *
     * @param nowNanos the present instant
     * @return nanoseconds; 0 if a permit is there
     */
    public long waitNanos(long nowNanos) {
        return permits.waitNanos(nowNanos);
    }

    /**
     * How many wait for a permit now.
     *
     * @return first attempts and retries together
     */
    public int waiting() {
        return permits.waiting();
    }

    /**
     * The rate in force.
     *
     * @return permits per second, as asked for
     */
    public double permitsPerSecond() {
        return permits.rule().permitsPerSecond;
    }

    /**
     * The burst in force.
     *
     * @return how many permits a limiter at rest grants at one instant
     */
    public long burst() {
        return permits.rule().burst;
    }

    /**
     * The limiter's figures at one moment, read one after the other.
     *
     * @param nowNanos the present instant
     * @return the figures
     */
    public Snapshot snapshot(long nowNanos) {
        return permits.snapshot(nowNanos);
    }

    @Override
    public String toString() {
        LimiterRule rule = permits.rule();
        return "Limiter[" + rule.permitsPerSecond + " per second, burst " + rule.burst + ", " + waiting() + " waiting]";
    }

    /**
     * A permit, or a place among those who wait for one. Whoever does not use the permit, or stops waiting, must
     * {@link #cancel()} it; one that is used needs nothing more. Thread-safe.
     */
    public static final class Ticket {
        /** Waits; {@link Limiter#acquire} has not returned yet. */
        private static final int NEW = 0;
        /** Waits. */
        private static final int WAITING = 1;
        /** Granted before acquire returned: nobody is told. */
        private static final int IMMEDIATE = 2;
        /** Granted after a wait. */
        private static final int GRANTED = 3;

        private static final int CANCELLED = 4;

        private static final AtomicIntegerFieldUpdater<Ticket> STATE =
                AtomicIntegerFieldUpdater.newUpdater(Ticket.class, "state");

        private final PermitQueue permits;
        private final boolean retry;

        /** Null when there is nobody left to tell. Written by the one whose CAS of the state allows it. */
        private @Nullable Runnable onGranted;

        /** Written by the drainer before its CAS of the state, read by those who have seen the state. */
        long grantedAtNanos;

        /** By CAS. Opponents: the drainer, who grants, and the caller, who cancels. One of them wins. */
        private volatile int state;

        Ticket(PermitQueue permits, boolean retry, Runnable onGranted) {
            this.permits = permits;
            this.retry = retry;
            this.onGranted = onGranted;
        }

        Ticket(PermitQueue permits, long grantedAtNanos) {
            this.permits = permits;
            this.grantedAtNanos = grantedAtNanos;
            retry = false;
            state = IMMEDIATE;
        }

        /**
         * Whether the permit is there to be used.
         *
         * @return true once it has been granted, until it is cancelled
         */
        public boolean isGranted() {
            int seen = state;
            return seen == IMMEDIATE || seen == GRANTED;
        }

        /**
         * Whether the permit was granted before {@link Limiter#acquire} returned. If not, {@code onGranted} tells of
         * it; a ticket never does both.
         *
         * @return true if it was granted without a wait and is not cancelled
         */
        public boolean isImmediate() {
            return state == IMMEDIATE;
        }

        /**
         * Gives back the place, or the permit if it has been granted and was not used (as much of it as
         * {@link Limiter#giveBack} says). Unless it had begun to run already, {@code onGranted} will not run.
         *
         * @return false if it was cancelled before; then nothing happens
         */
        public boolean cancel() {
            while (true) {
                int seen = state;
                if (seen == CANCELLED) {
                    return false;
                }
                if (STATE.compareAndSet(this, seen, CANCELLED)) {
                    if (seen == WAITING) {
                        onGranted = null;
                        permits.left(retry);
                    } else {
                        permits.giveBack(this);
                    }
                    return true;
                }
            }
        }

        boolean isCancelled() {
            return state == CANCELLED;
        }

        /** The caller can see the ticket from now on, so it has to be told. */
        void open() {
            STATE.compareAndSet(this, NEW, WAITING);
        }

        /** By the drainer. False if it has been cancelled. */
        boolean grant(long takenAtNanos) {
            grantedAtNanos = takenAtNanos;
            Runnable tell = onGranted;
            boolean immediate = STATE.compareAndSet(this, NEW, IMMEDIATE);
            if (!immediate && !STATE.compareAndSet(this, WAITING, GRANTED)) {
                return false;
            }
            onGranted = null;
            permits.served(retry);
            if (!immediate && tell != null) {
                TimerThread.runTask(tell); // which reports what it throws: those behind must get their permits
            }
            return true;
        }
    }

    /** How a limiter is to be; immutable, each method answers a changed copy. One spec can build many limiters. */
    public static final class Spec {
        private static final int DEFAULT_MAX_WAITING = 10_000;

        private final LimiterRule rule;
        private final int maxWaiting;

        private Spec(LimiterRule rule, int maxWaiting) {
            this.rule = rule;
            this.maxWaiting = maxWaiting;
        }

        /**
         * How many permits may be taken at one instant after a rest. Default: those of 100 ms, at least 1: enough for
         * calls that arrive unevenly and for a timer that is a little late, and too few for a downstream to notice.
         *
         * @param permits 1 (evenly spaced permits) or more; together they must stand for 36 years at most
         * @return a changed copy
         * @throws IllegalArgumentException if the number is out of range
         */
        public Spec burst(long permits) {
            return new Spec(rule.withBurst(permits), maxWaiting);
        }

        /**
         * How many may wait for a permit at the same time; one more is refused at once. Default: 10,000, about 1 MB.
         *
         * @param waiting 0 (nobody waits) or more
         * @return a changed copy
         * @throws IllegalArgumentException if the number is negative
         */
        public Spec maxWaiting(int waiting) {
            return new Spec(rule, Range.atLeast(0, waiting, "max waiting"));
        }

        /**
         * Builds a limiter at rest: its whole burst is there.
         *
         * @param time the clock its instants are read from, and the timer that serves those who wait
         * @return a new limiter
         */
        public Limiter build(TimeSource time) {
            return new Limiter(new PermitQueue(rule, maxWaiting, Objects.requireNonNull(time, "time")));
        }

        @Override
        public String toString() {
            return "Limiter.Spec[" + rule.permitsPerSecond + " per second, burst " + rule.burst + ", at most "
                    + maxWaiting + " waiting]";
        }
    }

    /**
     * A limiter's figures.
     *
     * @param permitsPerSecond the rate in force
     * @param burst the burst in force
     * @param waitingFirst first attempts that wait
     * @param waitingRetries retries that wait
     * @param waitNanos how long a first attempt that asked now would wait
     */
    public record Snapshot(double permitsPerSecond, long burst, int waitingFirst, int waitingRetries, long waitNanos) {}
}
