package io.levee;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * Stops sending to a downstream that fails, and lets one call at a time find out whether it works again.
 *
 * <pre>{@code
 * Levee.named("inventory").breaker(Breaker.consecutiveFailures(3).openFor(Duration.ofSeconds(30)))
 * }</pre>
 *
 * <p>Closed, it counts. When a rule is met it opens, and refuses every call until its open time is over. The first
 * call after that is the one probe (half-open; all others are still refused): if the probe succeeds the breaker
 * closes with empty counts, if it fails the breaker opens again. A probe that reports nothing within its lease makes
 * room for another. Only a failure or a slow call opens a breaker; a success that is not slow never does.
 *
 * <p>Each transition starts a new generation, and each call carries the generation that let it through. A result that
 * comes in a later generation changes nothing: what was sent before an outage says nothing about the time after.
 *
 * <p>Thread-safe and lock-free. While closed nothing is allocated, and with {@link #consecutiveFailures} a success
 * does not even write. Instants are handed in: nanoseconds on the scale of one {@link TimeSource}, 0 or more. The
 * breaker reads no clock and has no timer, so it goes from open to half-open when a call comes, not before.
 *
 * <p>Not guaranteed: that a call which was let through is sent before the breaker opens; exact counts over time above
 * 262,143 calls in a sixteenth of the window (their ratio stays right); that outcomes reported at the same moment are
 * judged in the order in which they happened.
 */
public final class Breaker {
    /** What {@link #tryAcquire} answers instead of a stamp when the call must not be sent. */
    public static final long REFUSED = -1;

    /** The instant of a transition made by an operator, who hands none in. */
    static final long NO_INSTANT = -1;

    private static final AtomicReferenceFieldUpdater<Breaker, BreakerPhase> PHASE =
            AtomicReferenceFieldUpdater.newUpdater(Breaker.class, BreakerPhase.class, "phase");

    private final BreakerRule failureRule;
    private final @Nullable BreakerRule slowRule;
    private final Backoff openTime;
    private final long probeLeaseNanos;
    private final RandomSource random;

    /** Written by CAS only: of all callers that want to leave a phase, one makes the transition. */
    private volatile BreakerPhase phase;

    /** Written once, before the breaker is shared. */
    private @Nullable TransitionListener listener;

    Breaker(
            BreakerRule failureRule,
            @Nullable BreakerRule slowRule,
            Backoff openTime,
            long probeLeaseNanos,
            RandomSource random) {
        this.failureRule = failureRule;
        this.slowRule = slowRule;
        this.openTime = openTime;
        this.probeLeaseNanos = probeLeaseNanos;
        this.random = random;
        phase = closed(0, failureRule, slowRule);
    }

    /**
     * Opens after so many failures in a row, for 30 s. Whatever time lies between them; one success ends the row. To
     * be chosen with care: when 47 % of the calls fail, three in a row come every few calls.
     *
     * @param n how many failures in a row open the breaker; 1 or more
     * @return a configuration to refine
     * @throws IllegalArgumentException if the number is less than 1
     */
    public static Spec consecutiveFailures(int n) {
        return Spec.consecutiveFailures(n);
    }

    /**
     * Opens when at least such a share of the calls fails: of those of the last 30 s, if they are at least 20. Open
     * for 5 s, twice as long after each failed probe, up to 300 s, with jitter.
     *
     * @param share the share of failed calls that opens the breaker; more than 0, at most 1
     * @return a configuration to refine
     * @throws IllegalArgumentException if the share is out of range
     */
    public static Spec failureRate(double share) {
        return Spec.failureRate(share);
    }

    /**
     * Asks whether a call may be sent now. Whoever gets a stamp reports exactly one of success, failure or ignored
     * with it. After the open time the first caller gets the stamp of the probe.
     *
     * @param nowNanos the present instant
     * @return a stamp, 0 or more, or {@link #REFUSED}
     */
    public long tryAcquire(long nowNanos) {
        while (true) {
            BreakerPhase seen = phase;
            if (seen.passes) {
                return seen.generation;
            }
            if (nowNanos < seen.refusesUntilNanos || seen.state == State.FORCED_OPEN) {
                return REFUSED;
            }
            // Opponent: other callers at the end of the open time or of a probe's lease. One becomes the probe, the
            // others look again and are refused.
            BreakerPhase probing = seen.probing(Nanos.add(nowNanos, probeLeaseNanos));
            String reason = seen.state == State.OPEN ? "open time over" : "probe lost: no result within its lease";
            if (move(seen, probing, reason, nowNanos)) {
                return probing.generation;
            }
        }
    }

    /**
     * Reports that the downstream worked. Closes the breaker if this call was the probe (unless it was slow and there
     * is a rule about slow calls: then the probe has failed).
     *
     * @param stamp what {@link #tryAcquire} answered
     * @param nowNanos the instant to count the call at; that of its start will do. Over a time window a call counts at
     *     this instant, also when it has passed: in the counts of a window that it has left it doesn't appear at all
     * @param durationNanos how long the call took, -1 if unknown (then it is not slow)
     */
    public void onSuccess(long stamp, long nowNanos, long durationNanos) {
        BreakerPhase seen = phase;
        if (seen.generation != stamp) {
            return;
        }
        OutcomeWindow failures = seen.failureWindow;
        if (failures != null) {
            failures.addPlain(nowNanos);
            if (slowRule != null) {
                judgeSlow(seen, slowRule, nowNanos, durationNanos);
            }
        } else if (seen.state == State.HALF_OPEN) {
            if (slowRule != null && slowRule.isSlow(durationNanos)) {
                reopen(seen, "probe succeeded, but was slow", nowNanos);
            } else {
                move(seen, closed(seen.generation + 1, failureRule, slowRule), "probe succeeded", nowNanos);
            }
        }
    }

    /**
     * Reports that the downstream failed. Opens the breaker if this meets a rule, or if this call was the probe.
     *
     * @param stamp what {@link #tryAcquire} answered
     * @param nowNanos the instant of the failure, from which an open time counts
     * @param durationNanos how long the call took, -1 if unknown (then it is not slow)
     */
    public void onFailure(long stamp, long nowNanos, long durationNanos) {
        BreakerPhase seen = phase;
        if (seen.generation != stamp) {
            return;
        }
        OutcomeWindow failures = seen.failureWindow;
        if (failures != null) {
            long counts = failures.addMarked(nowNanos);
            if (failureRule.opensAt(counts)) {
                open(seen, failureRule, counts, nowNanos);
            } else if (slowRule != null) {
                judgeSlow(seen, slowRule, nowNanos, durationNanos);
            }
        } else if (seen.state == State.HALF_OPEN) {
            reopen(seen, "probe failed", nowNanos);
        }
    }

    /**
     * Reports that a call says nothing about the downstream (it was cancelled, or never sent). Not counted; if it was
     * the probe, the next caller becomes the probe.
     *
     * @param stamp what {@link #tryAcquire} answered
     */
    public void onIgnored(long stamp) {
        BreakerPhase seen = phase;
        if (seen.generation == stamp && seen.state == State.HALF_OPEN) {
            move(seen, seen.withoutProbe(), "probe given back", NO_INSTANT);
        }
    }

    /**
     * Whether results must come with their duration.
     *
     * @return true only with a rule about slow calls
     */
    public boolean needsDuration() {
        return slowRule != null;
    }

    /**
     * Whether every call at an instant will be refused, as far as is known now. False while a probe is on its way:
     * its result may close the breaker at any moment.
     *
     * @param nowNanos the instant, the present one or one to come
     * @return true if the breaker is open and its open time is not over by then
     */
    public boolean isOpen(long nowNanos) {
        return nowNanos < phase.openUntilNanos;
    }

    /**
     * The end of the open time: calls are refused before it.
     *
     * @return 0 when closed, {@link Long#MAX_VALUE} when an operator opened it; in the past once a probe is due or on
     *     its way
     */
    public long openUntilNanos() {
        return phase.openUntilNanos;
    }

    /**
     * The present state.
     *
     * @return the state; {@link State#OPEN} also after the open time until a call comes
     */
    public State state() {
        return phase.state;
    }

    /**
     * The number of transitions so far.
     *
     * @return 0 or more
     */
    public long generation() {
        return phase.generation;
    }

    /**
     * State and counts, for a person.
     *
     * @param nowNanos the present instant
     * @return the figures; the counts may be a few calls apart from each other while calls are being reported
     */
    public Snapshot snapshot(long nowNanos) {
        return phase.snapshot(nowNanos);
    }

    /** Refuses all calls until {@link #release()} or {@link #forceClosed()}. For operators. */
    public void forceOpen() {
        force(State.FORCED_OPEN);
    }

    /** Lets all calls pass, uncounted, until {@link #release()} or {@link #forceOpen()}. For operators. */
    public void forceClosed() {
        force(State.FORCED_CLOSED);
    }

    /** Takes {@link #forceOpen()} or {@link #forceClosed()} back: closed, with empty counts. Else does nothing. */
    public void release() {
        while (true) {
            BreakerPhase seen = phase;
            if (seen.state != State.FORCED_OPEN && seen.state != State.FORCED_CLOSED) {
                return;
            }
            if (move(seen, closed(seen.generation + 1, failureRule, slowRule), "released by operator", NO_INSTANT)) {
                return;
            }
        }
    }

    /** Sets who is told of transitions. Before the breaker is shared, at most once. */
    void onTransition(TransitionListener newListener) {
        listener = newListener;
    }

    private void force(State forced) {
        // Opponent: results and callers that make a transition meanwhile; the operator has the last word.
        while (true) {
            BreakerPhase seen = phase;
            if (seen.state == forced) {
                return;
            }
            BreakerPhase next = BreakerPhase.forced(forced, seen.generation + 1);
            if (move(seen, next, "forced by operator", NO_INSTANT)) {
                return;
            }
        }
    }

    private void judgeSlow(BreakerPhase seen, BreakerRule rule, long nowNanos, long durationNanos) {
        OutcomeWindow slow = Objects.requireNonNull(seen.slowWindow);
        if (!rule.isSlow(durationNanos)) {
            slow.addPlain(nowNanos);
            return;
        }
        long counts = slow.addMarked(nowNanos);
        if (rule.opensAt(counts)) {
            open(seen, rule, counts, nowNanos);
        }
    }

    private void open(BreakerPhase seen, BreakerRule met, long counts, long nowNanos) {
        boolean isSlow = met.countsSlow();
        BreakerPhase opened = seen.opened(
                openUntil(nowNanos, 0),
                isSlow ? seen.failures(nowNanos) : counts,
                isSlow ? counts : seen.slow(nowNanos));
        move(seen, opened, met.reason(counts), nowNanos);
    }

    private void reopen(BreakerPhase probing, String reason, long nowNanos) {
        move(probing, probing.reopened(openUntil(nowNanos, probing.failedProbes + 1)), reason, nowNanos);
    }

    /** Opening number 1 is the one from closed; each failed probe makes it one more. */
    private long openUntil(long nowNanos, int failedProbes) {
        return Nanos.add(nowNanos, openTime.nextDelayNanos(failedProbes + 1, 0, random));
    }

    /** The only way from one phase to another. False if somebody else has left the phase before. */
    private boolean move(BreakerPhase from, BreakerPhase to, String reason, long nowNanos) {
        if (!PHASE.compareAndSet(this, from, to)) {
            return false;
        }
        TransitionListener told = listener;
        if (told != null) {
            told.onTransition(from.state, to.state, reason, nowNanos, to.snapshot(nowNanos));
        }
        return true;
    }

    private static BreakerPhase closed(long generation, BreakerRule failureRule, @Nullable BreakerRule slowRule) {
        return BreakerPhase.closed(generation, failureRule.newWindow(), slowRule == null ? null : slowRule.newWindow());
    }

    /** The states of a breaker. */
    public enum State {
        /** Calls pass and are counted. */
        CLOSED,
        /** Calls are refused; once the open time is over, the next one becomes the probe. */
        OPEN,
        /** One probe is on its way; all other calls are refused. */
        HALF_OPEN,
        /** An operator has it refuse all calls. */
        FORCED_OPEN,
        /** An operator has it let all calls pass, uncounted. */
        FORCED_CLOSED
    }

    /**
     * A breaker's state with its figures. When it isn't closed, the counts are those that opened it.
     *
     * @param state the state
     * @param generation the number of transitions before it
     * @param failures failed calls counted; with {@link #consecutiveFailures} those of the present row
     * @param calls calls counted; with {@link #consecutiveFailures} alone the same number as failures
     * @param slow slow calls counted; 0 without a rule about them
     * @param openUntilNanos the end of the open time, 0 when closed, {@link Long#MAX_VALUE} when forced open
     */
    public record Snapshot(State state, long generation, int failures, int calls, int slow, long openUntilNanos) {}

    /**
     * How a breaker is to behave: made by {@link Breaker#consecutiveFailures} or {@link Breaker#failureRate}. Immutable
     * and thread-safe; each method answers a changed copy and throws {@link IllegalArgumentException} for a value that
     * is out of range or contradicts one that is set already.
     */
    public static final class Spec implements Cloneable {
        /** The limit of the rule 'n failures in a row'; 0 for the rule about a share. */
        private int failuresInARow;

        /** The limit of the rule about a share; 0 for the other rule. */
        private double failureShare;

        /** Over what time shares are counted; 0 for not set. */
        private long windowNanos;

        /** Over how many calls shares are counted; 0 for not set. */
        private int lastCalls;

        /** Fewer calls say nothing; 0 for not set. */
        private int minimumCalls;

        /** From how long a call is slow. */
        private long slowNanos;

        /** The limit of the rule about slow calls; 0 for no such rule. */
        private double slowShare;

        /** How long the breaker stays open at first. */
        private long openForNanos;

        /** What each further opening is longer by; 0 for all alike. */
        private double growth;

        /** How long the breaker stays open at most, if that grows. */
        private long longestNanos;

        /** Whether the growth is the default one, which an open time of the user's own replaces. */
        private boolean growthIsDefault;

        /** How long a probe may take; 0 for not set. */
        private long leaseNanos;

        private Spec() {}

        /** One to be changed before anybody else sees it: who publishes it does so through a final field. */
        private Spec copy() {
            try {
                return (Spec) clone();
            } catch (CloneNotSupportedException impossible) {
                throw new AssertionError(impossible);
            }
        }

        static Spec consecutiveFailures(int n) {
            Spec settings = new Spec();
            settings.failuresInARow = Range.atLeast(1, n, "consecutiveFailures");
            settings.openForNanos = 30 * Nanos.PER_SECOND; // the mission's rule
            return settings;
        }

        static Spec failureRate(double share) {
            Spec settings = new Spec();
            settings.failureShare = checkedShare(share, "failureRate");
            // What Finagle settled on.
            settings.openForNanos = 5 * Nanos.PER_SECOND;
            settings.growth = 2.0;
            settings.longestNanos = 300 * Nanos.PER_SECOND;
            settings.growthIsDefault = true;
            return settings;
        }

        /**
         * How long the breaker refuses everything before it lets a probe through: exactly so long, unless
         * {@link #growing} is set as well.
         *
         * @param time more than zero. Default: 30 s with {@link Breaker#consecutiveFailures}; with
         *     {@link Breaker#failureRate} 5 s {@code growing(2, 300 s)}
         * @return a changed copy
         */
        public Spec openFor(Duration time) {
            long nanos = Nanos.positive(time, "openFor");
            return opening(nanos, growthIsDefault ? 0 : growth, longestNanos);
        }

        /**
         * Has the open time grow with each failed probe in a row, and spreads it evenly over its upper half, so that
         * the clients of one downstream don't all probe at once. 5 s growing(2, 300 s) gives 2.5-5, 5-10, 10-20,
         * 20-40, 40-80, 80-160, 150-300, 150-300 s.
         *
         * @param multiplier how much longer each open time is than the one before; 1 or more, 1 only spreads
         * @param max the longest open time; at least {@link #openFor}
         * @return a changed copy
         */
        public Spec growing(double multiplier, Duration max) {
            Range.finiteMultiplier(multiplier, "growing: multiplier");
            return opening(openForNanos, multiplier, Nanos.positive(max, "growing: max"));
        }

        /**
         * How long a probe has for its report. After that it counts as lost, its result no longer matters, and the
         * next caller becomes the probe. Longer than a call can take is right.
         *
         * @param time more than zero. Default: openFor, but at least 60 s
         * @return a changed copy
         */
        public Spec probeLease(Duration time) {
            Spec changed = copy();
            changed.leaseNanos = Nanos.positive(time, "probeLease");
            return changed;
        }

        /**
         * Takes shares over the calls of the last so many seconds, to within a sixteenth: a call is forgotten when it
         * is between 15/16 of the window and the window old. Excludes {@link #overCalls}.
         *
         * @param window 100 ms to 24 h. Default: 30 s
         * @return a changed copy
         */
        public Spec overTime(Duration window) {
            // Shorter, and laps of the ring come round too soon (TimeWindow); longer, and a bucket is hours.
            long nanos = Range.within(100 * Nanos.PER_MILLI, 86_400 * Nanos.PER_SECOND, window, "overTime");
            if (lastCalls != 0) {
                throw exclusive(nanos, lastCalls);
            }
            return counting(nanos, 0, minimumCalls);
        }

        /**
         * Takes shares over the last so many calls, however long ago they were. Excludes {@link #overTime}.
         *
         * @param lastCalls 1 to 10,000
         * @return a changed copy
         */
        public Spec overCalls(int lastCalls) {
            // Every failure counts the marked bits again: 157 words at the most.
            Range.within(1, 10_000, lastCalls, "overCalls");
            if (windowNanos != 0) {
                throw exclusive(windowNanos, lastCalls);
            }
            return counting(0, lastCalls, minimumCalls);
        }

        private static IllegalArgumentException exclusive(long windowNanos, int calls) {
            return new IllegalArgumentException("overTime(" + Nanos.text(windowNanos) + ") and overCalls(" + calls
                    + ") exclude each other; keep one of the two");
        }

        /**
         * The fewest calls that a share is taken of; with fewer the breaker stays closed.
         *
         * @param n 1 to 100,000. Default: 20, or all the calls of a shorter overCalls
         * @return a changed copy
         */
        public Spec minimumCalls(int n) {
            // One full bucket of a time window must be able to reach it.
            Range.within(1, 100_000, n, "minimumCalls");
            return counting(windowNanos, lastCalls, n);
        }

        /**
         * Opens also when at least such a share of the calls is slow, failed ones included. A probe that succeeds but
         * is slow has then failed. Needs one more reading of the clock at the end of each call.
         *
         * @param threshold a call that takes so long or longer is slow; more than zero
         * @param share the share of slow calls that opens the breaker; more than 0, at most 1
         * @return a changed copy
         */
        public Spec slowCalls(Duration threshold, double share) {
            Spec changed = copy();
            changed.slowNanos = Nanos.positive(threshold, "slowCalls: threshold");
            changed.slowShare = checkedShare(share, "slowCalls: share");
            return changed;
        }

        /**
         * Makes a breaker with these settings, closed.
         *
         * @return a new breaker
         * @throws IllegalArgumentException if a setting has no meaning beside the others
         */
        public Breaker build() {
            return build(RandomSource.system());
        }

        /**
         * Makes a breaker with these settings, closed.
         *
         * @param random where the jitter of {@link #growing} comes from
         * @return a new breaker
         * @throws IllegalArgumentException if a setting has no meaning beside the others
         */
        public Breaker build(RandomSource random) {
            Objects.requireNonNull(random, "random");
            if (failuresInARow > 0 && slowShare == 0 && (windowNanos != 0 || lastCalls != 0 || minimumCalls != 0)) {
                throw new IllegalArgumentException(
                        "overTime, overCalls and minimumCalls say nothing about consecutiveFailures(" + failuresInARow
                                + "); drop them, or add slowCalls or use failureRate");
            }
            BreakerRule failures = failuresInARow > 0 ? BreakerRule.inARow(failuresInARow) : shareRule(failureShare, 0);
            BreakerRule slowCalls = slowShare == 0 ? null : shareRule(slowShare, slowNanos);
            return new Breaker(failures, slowCalls, openTime(), lease(), random);
        }

        private BreakerRule shareRule(double share, long thresholdNanos) {
            // 20 calls and 30 s: what SmallRye and Polly settled on.
            int minimum = minimumCalls != 0 ? minimumCalls : lastCalls != 0 ? Math.min(20, lastCalls) : 20;
            long window = lastCalls != 0 ? 0 : windowNanos != 0 ? windowNanos : 30 * Nanos.PER_SECOND;
            return new BreakerRule(minimum, share, thresholdNanos, window, lastCalls);
        }

        /** The open time is a backoff whose tries are the probes: number 1 is the first. */
        private Backoff openTime() {
            Backoff base = RetryPolicy.fixed(Duration.ofNanos(openForNanos));
            return growth == 0
                    ? base
                    : base.multiplier(growth)
                            .cap(Duration.ofNanos(longestNanos))
                            .equalJitter();
        }

        private long lease() {
            return leaseNanos != 0 ? leaseNanos : Math.max(openForNanos, 60 * Nanos.PER_SECOND);
        }

        private static double checkedShare(double share, String setting) {
            if (!(share > 0.0 && share <= 1.0)) {
                throw Range.wrong(setting, "more than 0 and at most 1", share + "; 0.5 is every second call");
            }
            return share;
        }

        private Spec counting(long window, int calls, int minimum) {
            if (calls != 0 && minimum > calls) {
                throw Range.wrong(
                        "minimumCalls",
                        "at most overCalls (" + calls + ")",
                        minimum + ": the breaker would never open");
            }
            Spec changed = copy();
            changed.windowNanos = window;
            changed.lastCalls = calls;
            changed.minimumCalls = minimum;
            return changed;
        }

        private Spec opening(long openFor, double multiplier, long longest) {
            if (multiplier != 0 && longest < openFor) {
                throw Range.wrong(
                        "growing: max", "at least openFor (" + Nanos.text(openFor) + ")", Nanos.text(longest));
            }
            Spec changed = copy();
            changed.openForNanos = openFor;
            changed.growth = multiplier;
            changed.longestNanos = longest;
            changed.growthIsDefault = false;
            return changed;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Spec that && exactly().equals(that.exactly());
        }

        @Override
        public int hashCode() {
            return exactly().hashCode();
        }

        /** The text, and what it leaves out: the digits that it rounds away, and what an open time would replace. */
        private String exactly() {
            return this + " " + windowNanos + ' ' + slowNanos + ' ' + openForNanos + ' ' + longestNanos + ' '
                    + leaseNanos + growthIsDefault;
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(
                    failuresInARow > 0
                            ? "consecutiveFailures(" + failuresInARow + ")"
                            : "failureRate(" + failureShare + ")");
            if (lastCalls != 0) {
                text.append(".overCalls(").append(lastCalls).append(')');
            } else if (windowNanos != 0) {
                text.append(".overTime(").append(Nanos.text(windowNanos)).append(')');
            }
            if (minimumCalls != 0) {
                text.append(".minimumCalls(").append(minimumCalls).append(')');
            }
            if (slowShare != 0) {
                text.append(".slowCalls(")
                        .append(Nanos.text(slowNanos))
                        .append(", ")
                        .append(slowShare)
                        .append(')');
            }
            text.append(".openFor(").append(Nanos.text(openForNanos)).append(')');
            if (growth != 0) {
                text.append(".growing(")
                        .append(growth)
                        .append(", ")
                        .append(Nanos.text(longestNanos))
                        .append(')');
            }
            if (leaseNanos != 0) {
                text.append(".probeLease(").append(Nanos.text(leaseNanos)).append(')');
            }
            return text.toString();
        }
    }
}
