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
 * A permit of instant t is a slot of time, an increment long, between t and t + burst x increment; no two permits have
 * time in common. (Taking one at TAT makes the slot from max(TAT, t) on, and moves TAT to its end. That it conforms means
 * that the slot ends in time.) So the slots of n permits with instants from s to t lie between s and t + burst x
 * increment: n <= (t - s) / increment + burst, for every window, and 1 / increment is at most the rate. Nothing here asks
 * that instants come in order: a caller that is late with an instant it read earlier cannot break the bound.
 *
 * <h2>Leases</h2>
 *
 * One word that every call writes goes from core to core with every call. So where the rate is so high that this would
 * cost something, a stripe of threads that comes again at once takes a stretch of time off the TAT, its lease, and cuts
 * its slots from that; no slot begins before the instant of its permit, so what is not used in its time lapses. The
 * bound is that of all slots, and needs no other proof. What a lease costs is that a slot may lapse while one that comes
 * later is used. Leases are taken only where TAT is less than one lease for each stripe ahead, so permits
 * come at most by so many leases, and one, later than they would by one word: {@link #LEASE}, together 0.3 ms at most. Who finds
 * none at the TAT looks at all leases before he is refused.
 *
 * <p>A stripe is a long, the end of its last slot, by CAS, and beside it the end of its lease. That one is written only
 * while the first says {@link #CLOSED}, so whoever has read both and then wins the CAS has read what belongs together.
 *
 * <h2>Why a permit that is given back is exact as well</h2>
 *
 * Subtracting a whole increment would be wrong. A limiter at rest gains nothing by waiting; a permit taken at s and
 * given back at t has made room for a gain in between that would have been lost without it. (Burst 2, increment 10:
 * A at 0, B at 5, A given back at 5, then TAT - 10 would let through B and C at 5 and D at 10, three in 5 ns.) So what
 * is given back is the increment less the time that the permit was held, and nothing if that is longer than an
 * increment: at the same instant all of it, later never more than was lost. Proof: its slot began at s or later. All
 * slots behind it move forward by s + increment - t, at most its length, so they still have no time in common, and begin
 * at t or later, thus not before their permits' instants. It needs t not to be before the instant of any permit
 * counted in TAT, and no lease beside it: {@link #giveBack}, {@link #isPlain}.
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

    /** How long a lease is, about: some hundred calls of one thread that does nothing else. */
    private static final long LEASE = 1 << 14;

    /** One thread of the stripe is writing its new lease. */
    private static final long CLOSED = Long.MIN_VALUE;

    /** Frozen while it was closed: the lease on its way is not taken over. All other frozen ones are inverted. */
    private static final long FROZEN_CLOSED = CLOSED + 1;

    final LimiterRule rule;
    private final long increment;
    private final long tolerance;
    private final long lease;
    /** By CAS; opponents: the stripe's other threads, those who look for what is left, the freezing. */
    private final @Nullable Padded leases;

    /** The instant of the change that made this object, -1 for the first one. */
    private final long sinceNanos;

    /** By CAS only. Opponents: takers among each other, the one who gives back, the change that freezes it. */
    private final Padded tat;

    /** Set once, before the freezing. Opponent: another change; the later one finds this one and helps it to its end. */
    private final AtomicReference<@Nullable LimiterRule> next = new AtomicReference<>();

    /** A limiter at rest: a whole burst is there. */
    Gcra(LimiterRule rule) {
        this(rule, 0, -1, leaseOf(rule), true);
    }

    /** With leases of about a length; 0 for none. */
    Gcra(LimiterRule rule, long tat, long sinceNanos, long lease, boolean leasing) {
        this.rule = rule;
        this.tat = new Padded(1);
        this.tat.set(Padded.FIRST, tat);
        this.sinceNanos = sinceNanos;
        increment = rule.incrementNanos;
        this.lease = lease - lease % increment; // whole slots: of a whole burst none may be cut
        leases = lease != 0 && leasing ? new Padded(Padded.STRIPES) : null;
        tolerance = rule.burstNanos() - increment;
    }

    private static long leaseOf(LimiterRule rule) {
        // A lease has 16 slots or more. Fewer would not pay: below a million permits a second, the way from core to
        // core with each of them is less than a tenth of a core's time. All leases at once are an eighth of the burst
        // at most.
        return rule.incrementNanos * 16 <= LEASE && rule.burstNanos() / 8 >= LEASE * Padded.STRIPES ? LEASE : 0;
    }

    /** Takes a permit: answers {@link #TAKEN}, {@link #FROZEN}, or the instant from which on one will be there. */
    long take(long nowNanos) {
        return take(Padded.own(), nowNanos);
    }

    /** The same for a thread of a stripe. */
    long take(int own, long nowNanos) {
        Padded cells = leases;
        if (cells == null) {
            return takeOne(null, own, 0, nowNanos);
        }
        long held = cells.get(own);
        return takeLeased(cells, own, held, nowNanos) ? TAKEN : takeOne(cells, own, held, nowNanos);
    }

    /** Takes a slot of a stripe's lease, if there is one that begins at the instant or later, and in time. */
    private boolean takeLeased(Padded cells, int cell, long held, long nowNanos) {
        long seen = held;
        while (true) {
            long begin = Math.max(seen, nowNanos);
            if (seen < 0 || begin + increment > cells.get(cell + 1) || begin - tolerance > nowNanos) {
                return false;
            }
            if (cells.compareAndSet(cell, seen, begin + increment)) {
                return true;
            }
            seen = cells.get(cell);
        }
    }

    /** Takes a permit at the TAT, and a lease for the stripe behind it where that may be. */
    private long takeOne(@Nullable Padded cells, int own, long held, long nowNanos) {
        while (true) {
            long seen = tat.get(Padded.FIRST);
            if (seen < 0) {
                return FROZEN;
            }
            long conformsAt = seen - tolerance;
            if (conformsAt > nowNanos) {
                if (cells != null) {
                    if (takeOfOthers(cells, nowNanos)) {
                        return TAKEN;
                    }
                    // Leases are frozen after the TAT: whoever may have found a frozen one must ask the successor.
                    if (tat.get(Padded.FIRST) < 0) {
                        return FROZEN;
                    }
                }
                return conformsAt;
            }
            long end = Math.max(seen, nowNanos) + increment;
            // A stripe that has not come for four leases has no use for one.
            boolean leasing = cells != null
                    && held >= 0
                    && nowNanos - held <= 4 * lease
                    && seen - nowNanos <= lease * Padded.STRIPES
                    && end + lease - increment - tolerance <= nowNanos;
            if (tat.compareAndSet(Padded.FIRST, seen, leasing ? end + lease : end)) {
                if (cells == null || held < 0) {
                    return TAKEN;
                }
                // If another of the stripe's threads is quicker, or a change comes, the lease lapses.
                if (leasing && cells.compareAndSet(own, held, CLOSED)) {
                    cells.set(own + 1, end + lease);
                    cells.compareAndSet(own, CLOSED, end);
                } else if (held < nowNanos) {
                    cells.compareAndSet(own, held, nowNanos); // a note that this stripe was here
                }
                return TAKEN;
            }
        }
    }

    private boolean takeOfOthers(Padded cells, long nowNanos) {
        for (int cell = Padded.FIRST; cell < Padded.END; cell += Padded.STRIDE) {
            if (takeLeased(cells, cell, cells.get(cell), nowNanos)) {
                return true;
            }
        }
        return false;
    }

    /** The time of all slots that are left of leases. */
    private long left(Padded cells, long nowNanos) {
        long sum = 0;
        for (int cell = Padded.FIRST; cell < Padded.END; cell += Padded.STRIDE) {
            long held = cells.get(cell);
            long rest = cells.get(cell + 1) - Math.max(held < 0 ? ~held : held, nowNanos);
            sum += Math.max(0, rest - rest % increment);
        }
        return sum;
    }

    /** The first instant, not before now, at which a permit is there for one who has so many before it. */
    long conformsAt(long nowNanos, int ahead) {
        long seen = tat.get(Padded.FIRST);
        if (seen < 0) {
            return FROZEN;
        }
        Padded cells = leases;
        long left = cells == null ? 0 : left(cells, nowNanos);
        long before = ahead > Nanos.NEVER / increment ? Nanos.NEVER : ahead * increment;
        return before < left
                ? nowNanos
                : Math.max(nowNanos, Nanos.add(Math.max(seen, nowNanos), before - left) - tolerance);
    }

    /**
     * Gives back a permit that was taken at an instant and not used. One thread at a time (the limiter's drainer):
     * then the TAT cannot fall between being read and being replaced here, so that the CAS fails if anything was
     * taken in between, and everything counted in the TAT was taken at an instant read before the present one is.
     *
     * <p>A permit of the rule before is not given back: what it has cost is part of how this one began.
     *
     * <p>Where there are leases, one may be on its way to its stripe, and nobody would know of it. So this object is frozen
     * and its successor has none; {@link #isPlain} tells how that ends.
     *
     * @return false if this object is frozen and it has to be given back to its successor
     */
    boolean giveBack(long takenAtNanos, TimeSource time) {
        while (true) {
            long seen = tat.get(Padded.FIRST);
            if (seen < 0) {
                return false;
            }
            long now = time.nanoTime(); // after the reading of TAT: see the note above
            long rest = Math.min(increment, takenAtNanos + increment - now);
            if (rest <= 0 || takenAtNanos <= sinceNanos) {
                return true;
            }
            if (leases != null) {
                replaceBy(rule);
                return false;
            }
            // Opponents: takers. (TAT is at least the instant of the taking plus an increment; max only keeps a permit
            // that was never taken from making TAT negative.)
            if (tat.compareAndSet(Padded.FIRST, seen, Math.max(0, seen - rest))) {
                return true;
            }
        }
    }

    /** Asks for a successor with the given rule; false if another change was quicker. Freezes this object either way. */
    boolean replaceBy(LimiterRule newRule) {
        boolean mine = next.compareAndSet(null, newRule);
        while (true) {
            long seen = tat.get(Padded.FIRST);
            if (seen < 0 || tat.compareAndSet(Padded.FIRST, seen, ~seen)) {
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
        long seen = tat.get(Padded.FIRST);
        if (newRule == null || seen >= 0) {
            throw new IllegalStateException(); // only a frozen limiter has a successor
        }
        Padded cells = leases;
        if (cells != null) {
            for (int cell = Padded.FIRST; cell < Padded.END; cell += Padded.STRIDE) {
                // Opponents: takers, and others who freeze.
                for (long held = cells.get(cell); held >= 0 || held == CLOSED; held = cells.get(cell)) {
                    cells.compareAndSet(cell, held, held == CLOSED ? FROZEN_CLOSED : ~held);
                }
            }
        }
        long now = time.nanoTime();
        long full = rule.burstNanos();
        long ahead = Math.max(0, ~seen - now) - (cells == null ? 0 : left(cells, now));
        if (newRule == rule) { // the same permits, with leases where there were none, or without
            return new Gcra(rule, now + ahead, sinceNanos, lease, cells == null);
        }
        // Both in the time they stand for under this rule. Taken is more than full only while paying off.
        long taken = Math.min(full, ahead);
        long left = full - taken;
        long newFull = newRule.burstNanos();
        boolean payOff = newRule.incrementNanos < increment && newRule.burst < rule.burst;
        long debt =
                payOff ? scaled(taken, newRule, Nanos.NEVER, true) : newFull - scaled(left, newRule, newFull, false);
        return new Gcra(newRule, now + debt, now, leaseOf(newRule), true);
    }

    /** Whether this one has no leases though it could: somebody has given back, and replaces it when all have. */
    boolean isPlain() {
        return lease != 0 && leases == null;
    }

    /** As many permits in the time they stand for under the new rule; what exceeds the most is that. */
    private long scaled(long nanos, LimiterRule newRule, long most, boolean up) {
        BigInteger[] parts = BigInteger.valueOf(nanos)
                .multiply(BigInteger.valueOf(newRule.incrementNanos))
                .divideAndRemainder(BigInteger.valueOf(increment));
        return parts[0].min(BigInteger.valueOf(most)).longValueExact() + (up ? parts[1].signum() : 0);
    }
}
