package io.levee;

import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The generic cell rate algorithm (ITU-T I.371, annex A) under one rule: one long, the theoretical arrival time (TAT),
 * that is the instant at which the limiter is at rest again.
 *
 * <pre>
 *   a permit conforms at t   iff   TAT - (burst - 1) x increment <= t
 *   granting it              TAT := max(TAT, t) + increment
 * </pre>
 *
 * <h2>Why the bound is exact</h2>
 *
 * Let permits i..j, n of them, be granted in this order at instants s_i..s_j. Each adds an increment to a TAT that was
 * at least its own instant, so before j is granted TAT >= s_i + (n - 1) x increment. That j conforms means TAT <= s_j
 * + (burst - 1) x increment. Hence n <= (s_j - s_i) / increment + burst, for every window, and 1 / increment is at most
 * the rate. Nothing here asks that instants come in order: a caller that is late with an instant it read earlier
 * cannot break the bound.
 *
 * <h2>Why a permit that is given back is exact as well</h2>
 *
 * Subtracting a whole increment would be wrong. A limiter at rest gains nothing by waiting; a permit taken at s and
 * given back at t has made room for a gain in between that would have been lost without it. (Burst 2, increment 10:
 * A at 0, B at 5, A given back at 5, then TAT - 10 would let through B and C at 5 and D at 10, three in 5 ns.) So what
 * is given back is the increment less the time that the permit was held, and nothing if that is longer than an
 * increment: at the same instant all of it, later never more than was lost. Proof: let V be the TAT that the permits
 * not given back, the present one included, would have made; TAT >= V is the invariant. Without the present one, the
 * part of V that comes from permits before it is smaller by an increment. The part of a permit k after it, with c
 * permits from k on, is s_k + c x increment <= t + c x increment; and TAT >= s + (c + 1) x increment, so TAT less
 * (s + increment - t) is still at least that. It needs t >= s_k, for every k counted in TAT: {@link #giveBack}.
 *
 * <h2>Change</h2>
 *
 * A rule and its TAT are one object, and a change replaces the object: it leaves its wish in {@link #next}, freezes
 * the TAT (all its bits inverted, thus negative, and so for ever), and puts the successor in its place. A thread that
 * read the old object loses its CAS, for the TAT it has seen is gone, and starts anew; so nobody is ever granted a
 * permit by one rule on the TAT of another. A thread that meets a frozen TAT makes the successor itself and doesn't
 * wait for the thread that changes.
 */
final class Gcra {
    /** What {@link #take} answers instead of an instant when the permit is granted. */
    static final long TAKEN = -1;

    /** What {@link #take} and {@link #conformsAt} answer when a change has frozen this object: {@link #successor}. */
    static final long FROZEN = -2;

    final LimiterRule rule;
    private final long increment;
    private final long tolerance;

    /** The instant of the change that made this object, -1 for the first one. */
    private final long sinceNanos;

    /** By CAS only. Opponents: takers among each other, the one who gives back, the change that freezes it. */
    private final PaddedLong tat;

    /** Set once, before the freezing. Opponent: another change; the later one finds this one and helps it to its end. */
    private final AtomicReference<@Nullable LimiterRule> next = new AtomicReference<>();

    /** A limiter at rest: a whole burst is there. */
    Gcra(LimiterRule rule) {
        this(rule, 0, -1);
    }

    private Gcra(LimiterRule rule, long tat, long sinceNanos) {
        this.rule = rule;
        this.tat = new PaddedLong(tat);
        this.sinceNanos = sinceNanos;
        increment = rule.incrementNanos();
        tolerance = rule.burstNanos() - increment;
    }

    /** Takes a permit: answers {@link #TAKEN}, {@link #FROZEN}, or the instant from which on one will be there. */
    long take(long nowNanos) {
        while (true) {
            long seen = tat.get();
            if (seen < 0) {
                return FROZEN;
            }
            long conformsAt = seen - tolerance;
            if (conformsAt > nowNanos) {
                return conformsAt;
            }
            if (tat.compareAndSet(seen, Math.max(seen, nowNanos) + increment)) {
                return TAKEN;
            }
        }
    }

    /** The first instant, not before now, at which a permit is there for one who has so many before it. */
    long conformsAt(long nowNanos, int ahead) {
        long seen = tat.get();
        if (seen < 0) {
            return FROZEN;
        }
        long before = ahead > Nanos.NEVER / increment ? Nanos.NEVER : ahead * increment;
        return Math.max(nowNanos, Nanos.add(Math.max(seen, nowNanos), before) - tolerance);
    }

    /**
     * Gives back a permit that was taken at an instant and not used. One thread at a time (the limiter's drainer):
     * then the TAT cannot fall between being read and being replaced here, so that the CAS fails if anything was
     * taken in between, and everything counted in the TAT was taken at an instant read before the present one is.
     *
     * <p>A permit of the rule before is not given back: what it has cost is part of how this one began.
     *
     * @return false if a change has frozen this object and it has to be given back to its successor
     */
    boolean giveBack(long takenAtNanos, TimeSource time) {
        while (true) {
            long seen = tat.get();
            if (seen < 0) {
                return false;
            }
            long now = time.nanoTime(); // after the reading of TAT: see the note above
            long rest = Math.min(increment, takenAtNanos + increment - now);
            if (rest <= 0 || takenAtNanos <= sinceNanos) {
                return true;
            }
            // Opponents: takers. (TAT is at least the instant of the taking plus an increment; max only keeps a permit
            // that was never taken from making TAT negative.)
            if (tat.compareAndSet(seen, Math.max(0, seen - rest))) {
                return true;
            }
        }
    }

    /** Asks for a successor with the given rule; false if another change was quicker. Freezes this object either way. */
    boolean replaceBy(LimiterRule newRule) {
        boolean mine = next.compareAndSet(null, newRule);
        while (true) {
            long seen = tat.get();
            if (seen < 0 || tat.compareAndSet(seen, ~seen)) {
                return mine;
            }
        }
    }

    /**
     * What takes the place of this frozen object. Each thread that asks may get another one, made for its own instant;
     * the limiter takes one of them.
     *
     * <p>The permits that are there stay there, up to the new burst; a larger burst fills up with time. So no window
     * sees more than the largest rate x t + the largest burst of the rules in it, and one with a single change not more than
     * the more generous of the two rules alone would allow it. For the latter, one case needs more: when the rate
     * rises and the burst falls, what has been taken of the old burst is paid off first, at the new rate.
     */
    Gcra successor(TimeSource time) {
        LimiterRule newRule = next.get();
        long seen = tat.get();
        if (newRule == null || seen >= 0) {
            throw new IllegalStateException("only a frozen limiter has a successor");
        }
        long now = time.nanoTime();
        long full = rule.burstNanos();
        // Both in the time they stand for under this rule. Taken is more than full only while paying off.
        long taken = Math.min(full, Math.max(0, ~seen - now));
        long left = full - taken;
        long newFull = newRule.burstNanos();
        boolean payOff = newRule.incrementNanos() < increment && newRule.burst() < rule.burst();
        long debt = payOff
                ? scaledUp(taken, newRule.incrementNanos())
                : newFull - Math.min(newFull, scaledDown(left, newRule));
        return new Gcra(newRule, now + debt, now);
    }

    private long scaledUp(long nanos, long newIncrement) {
        BigInteger[] parts = BigInteger.valueOf(nanos)
                .multiply(BigInteger.valueOf(newIncrement))
                .divideAndRemainder(BigInteger.valueOf(increment));
        return parts[0].longValueExact() + (parts[1].signum() == 0 ? 0 : 1);
    }

    /** As many permits in the time they stand for under the new rule, at most its burst. */
    private long scaledDown(long nanos, LimiterRule newRule) {
        return BigInteger.valueOf(nanos)
                .multiply(BigInteger.valueOf(newRule.incrementNanos()))
                .divide(BigInteger.valueOf(increment))
                .min(BigInteger.valueOf(newRule.burstNanos()))
                .longValueExact();
    }
}
