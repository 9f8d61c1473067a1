package io.levee;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.levee.test.VirtualTime;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Races at a {@link Limiter}: its rule ({@link Gcra}), its queue ({@link PermitQueue}) and its tickets. The clock stands
 * still unless an actor moves it, so there are exactly as many permits as the burst has: 'left' counts how many can
 * still be taken at the end.
 */
public class LimiterStress {
    private static final LimiterRule ONE_A_SECOND = LimiterRule.perSecond(1).withBurst(1);
    private static final LimiterRule TWO_A_SECOND = LimiterRule.perSecond(2).withBurst(1);
    private static final LimiterRule FOUR_A_SECOND = LimiterRule.perSecond(4).withBurst(1);

    private LimiterStress() {}

    /** A limiter of one permit a second, burst 1, on a clock that stands still. */
    private abstract static class OnePermit {
        final VirtualTime time = VirtualTime.manual();
        final long now = time.nanoTime();
        final PermitQueue permits = new PermitQueue(ONE_A_SECOND, 10, time);

        final int left() {
            int taken = 0;
            while (taken < 5 && permits.tryTake(now)) {
                taken++;
            }
            return taken;
        }

        final Limiter.Ticket join(Runnable told) {
            return Objects.requireNonNull(permits.join(now, false, Nanos.NEVER, told));
        }

        /** Gives back a permit that was taken at this very instant: all of it comes back. */
        final void giveBack() {
            new Limiter.Ticket(permits, now).cancel();
        }
    }

    @JCStressTest
    @Description("Two attempts at one instant, one permit. Result: each got it; left.")
    @Outcome(
            id = {"1, 0, 0", "0, 1, 0"},
            expect = ACCEPTABLE,
            desc = "one got it")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "OVER_THE_BURST: one permit, two attempts")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "PERMIT_LOST: it was there, and both were refused")
    @State
    public static class LastPermit extends OnePermit {
        @Actor
        public void one(III_Result r) {
            r.r1 = Flag.of(permits.tryTake(now));
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Flag.of(permits.tryTake(now));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = left();
        }
    }

    @JCStressTest
    @Description("The only permit is given back at the instant at which it was taken; another attempt wants it. "
            + "Result: -; got it; left.")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "given back, then taken")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "refused, then given back")
    @Outcome(id = "0, 1, [1-9]", expect = FORBIDDEN, desc = "PERMIT_MINTED: taken, and there still")
    @Outcome(id = "0, 0, 0", expect = FORBIDDEN, desc = "PERMIT_LOST: given back, taken by nobody, and gone")
    @State
    public static class GiveBackAndTake extends OnePermit {
        public GiveBackAndTake() {
            permits.tryTake(now);
        }

        @Actor
        public void gives() {
            giveBack();
        }

        @Actor
        public void takes(III_Result r) {
            r.r2 = Flag.of(permits.tryTake(now));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = left();
        }
    }

    @JCStressTest
    @Description("The rate changes while the one permit is taken. Result: -; got it; left.")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "taken, by the old rule or the new")
    @Outcome(id = "0, 1, [1-9]", expect = FORBIDDEN, desc = "PERMIT_MINTED: taken by the old rule, there by the new")
    @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "REFUSED: the change took a permit away")
    @State
    public static class ChangeAndTake extends OnePermit {
        @Actor
        public void operator() {
            permits.change(TWO_A_SECOND);
        }

        @Actor
        public void takes(III_Result r) {
            r.r2 = Flag.of(permits.tryTake(now));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = left();
        }
    }

    @JCStressTest
    @Description("Two changes of the rate. Result: the rate in force; left.")
    @Outcome(
            id = {"2, 1", "4, 1"},
            expect = ACCEPTABLE,
            desc = "the later one is in force")
    @Outcome(id = "1, .*", expect = FORBIDDEN, desc = "CHANGE_LOST: both have returned, the old rate is in force")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "PERMIT_MINTED_OR_LOST: a change does not touch what is there")
    @State
    public static class TwoChanges extends OnePermit {
        @Actor
        public void one() {
            permits.change(TWO_A_SECOND);
        }

        @Actor
        public void other() {
            permits.change(FOUR_A_SECOND);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = (int) permits.rule().permitsPerSecond;
            r.r2 = left();
        }
    }

    @JCStressTest
    @Description("One waits for the permit, and gives up just when it is handed out. "
            + "Result: gave up; times told of a grant; left; in line or in the timer after another has come and gone.")
    @Outcome(id = "1, 0, 1, 0", expect = ACCEPTABLE, desc = "gave up before: the permit is there")
    @Outcome(id = "1, 1, 1, 0", expect = ACCEPTABLE, desc = "granted, then given back: the permit is there")
    @Outcome(id = "1, ., 0, .", expect = FORBIDDEN, desc = "PERMIT_LOST: whoever gives up takes nothing with him")
    @Outcome(id = "1, ., [2-9], .", expect = FORBIDDEN, desc = "PERMIT_MINTED: given back twice")
    @Outcome(id = ".*, [1-9]", expect = FORBIDDEN, desc = "LEFT_BEHIND: a place in line or a timer nobody waits for")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TWO_OUTCOMES: told twice, or refused to cancel")
    @State
    public static class GrantAndGiveUp extends OnePermit {
        private final AtomicInteger told = new AtomicInteger();
        private final Limiter.Ticket ticket;

        public GrantAndGiveUp() {
            permits.tryTake(now);
            ticket = join(told::incrementAndGet);
        }

        @Actor
        public void gives() {
            giveBack();
        }

        @Actor
        public void givesUp(IIII_Result r) {
            r.r1 = Flag.of(ticket.cancel());
        }

        @Arbiter
        public void after(IIII_Result r) {
            r.r2 = told.get();
            r.r3 = left();
            join(() -> {}).cancel();
            r.r4 = permits.waiting() + time.pending();
        }
    }

    @JCStressTest
    @Description("One waits; the permit comes back while a newcomer asks for one. "
            + "Result: the newcomer got it; times the first was told of a grant; still in line or in the timer.")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "the one who waited got it")
    @Outcome(id = "1, 0, .", expect = FORBIDDEN, desc = "OVERTAKEN: a newcomer passed the one who waited")
    @Outcome(id = "1, 1, .", expect = FORBIDDEN, desc = "OVER_THE_BURST: one permit, two attempts")
    @Outcome(id = "0, 0, .", expect = FORBIDDEN, desc = "LOST_WAKE_UP: a permit is there, and one waits beside it")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "LEFT_BEHIND: a place in line or a timer nobody waits for")
    @State
    public static class NoOvertaking extends OnePermit {
        private final AtomicInteger told = new AtomicInteger();

        public NoOvertaking() {
            permits.tryTake(now);
            join(told::incrementAndGet);
        }

        @Actor
        public void gives() {
            giveBack();
        }

        @Actor
        public void newcomer(III_Result r) {
            r.r1 = Flag.of(permits.tryTake(now));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r2 = told.get();
            r.r3 = permits.waiting() + time.pending();
        }
    }

    @JCStressTest
    @Description("One gets in line at the instant at which the next permit comes. "
            + "Result: granted; waiting; timers set.")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "saw the permit")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "waits, and the timer is set")
    @Outcome(id = "0, 1, 0", expect = FORBIDDEN, desc = "LOST_WAKE_UP: waits, and nothing will wake it")
    @Outcome(id = "1, 0, [1-9]", expect = FORBIDDEN, desc = "LEFT_BEHIND: a timer nobody waits for")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TWO_OUTCOMES: granted and in line, or neither")
    @State
    public static class JoinAsTimePasses extends OnePermit {
        private volatile Limiter.Ticket ticket;

        public JoinAsTimePasses() {
            permits.tryTake(now);
        }

        @Actor
        public void joins() {
            ticket = join(() -> {});
        }

        @Actor
        public void clock() {
            time.advanceTo(now + Nanos.PER_SECOND);
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = Flag.of(ticket.isGranted());
            r.r2 = permits.waiting();
            r.r3 = time.pending();
        }
    }

    @JCStressTest
    @Description("Two get in line for one permit. Result: each has it at once; waiting; timers set.")
    @Outcome(
            id = {"1, 0, 1, 1", "0, 1, 1, 1"},
            expect = ACCEPTABLE,
            desc = "one has it, one waits with a timer set")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "OVER_THE_BURST: one permit, two attempts")
    @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "LOST_WAKE_UP: one waits, and nothing will wake it")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "PERMIT_LOST: both wait beside a permit")
    @State
    public static class TwoJoin extends OnePermit {
        @Actor
        public void one(IIII_Result r) {
            r.r1 = Flag.of(join(() -> {}).isImmediate());
        }

        @Actor
        public void other(IIII_Result r) {
            r.r2 = Flag.of(join(() -> {}).isImmediate());
        }

        @Arbiter
        public void after(IIII_Result r) {
            r.r3 = permits.waiting();
            r.r4 = time.pending();
        }
    }

    @JCStressTest
    @Description("A granted ticket is cancelled by two threads. Result: each was the one; left.")
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1"},
            expect = ACCEPTABLE,
            desc = "cancelled once")
    @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "PERMIT_LOST: cancelled, and gone")
    @Outcome(id = ".*, [2-9]", expect = FORBIDDEN, desc = "PERMIT_MINTED: given back twice")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TWO_OUTCOMES: both or neither have cancelled it")
    @State
    public static class CancelTwice extends OnePermit {
        private final Limiter.Ticket ticket = join(() -> {});

        @Actor
        public void one(III_Result r) {
            r.r1 = Flag.of(ticket.cancel());
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Flag.of(ticket.cancel());
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = left();
        }
    }

    /**
     * A limiter with leases: a burst of four, one permit in 16 ns. The two that are left are in a lease of one stripe, and
     * the time of all four is taken at the word that all share. The clock stands still.
     */
    private abstract static class Leased {
        private static final LimiterRule RULE = LimiterRule.perSecond(1e9 / 16).withBurst(4);
        static final LimiterRule TWICE_AS_FAST = LimiterRule.perSecond(1e9 / 8).withBurst(4);
        static final long LEASE = 32;

        final VirtualTime time = VirtualTime.manual();
        final long now;
        final PermitQueue permits;

        Leased(int left) {
            time.advanceTo((time.nanoTime() / LEASE + 100) * LEASE);
            now = time.nanoTime();
            Gcra gcra = new Gcra(RULE, 0, -1, LEASE, true);
            for (int i = left; i < RULE.burst; i++) {
                // The first takes a permit, the second one and a lease of the other two, the rest from that lease.
                gcra.take(Padded.FIRST, now);
            }
            permits = new PermitQueue(gcra, 10, time);
        }

        final int left() {
            int taken = 0;
            while (taken < 9 && permits.tryTake(now)) {
                taken++;
            }
            return taken;
        }
    }

    @JCStressTest
    @Description("Two attempts want the last permit of a lease. Result: each got it; left.")
    @Outcome(
            id = {"1, 0, 0", "0, 1, 0"},
            expect = ACCEPTABLE,
            desc = "one got it")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "OVER_THE_BURST: one permit, two attempts")
    @Outcome(
            id = ".*",
            expect = FORBIDDEN,
            desc = "PERMIT_LOST: it was there, in whosever lease, and both were refused")
    @State
    public static class LastOfALease extends Leased {
        public LastOfALease() {
            super(1);
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = Flag.of(permits.tryTake(now));
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Flag.of(permits.tryTake(now));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = left();
        }
    }

    @JCStressTest
    @Description("The rate changes while a permit of a lease is taken. Result: -; got it; left.")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "taken, by the old rule or the new; the other is there still")
    @Outcome(id = "0, 1, [2-9]", expect = FORBIDDEN, desc = "PERMIT_MINTED: taken by the old rule, there by the new")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "PERMIT_LOST: the change took one away")
    @State
    public static class ChangeALease extends Leased {
        public ChangeALease() {
            super(2);
        }

        @Actor
        public void operator() {
            permits.change(TWICE_AS_FAST);
        }

        @Actor
        public void takes(III_Result r) {
            r.r2 = Flag.of(permits.tryTake(now));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = left();
        }
    }

    @JCStressTest
    @Description("A permit is given back while another attempt takes one of a lease. Result: -; got it; left.")
    @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "one taken, one given back, one was there besides")
    @Outcome(id = "0, 1, [3-9]", expect = FORBIDDEN, desc = "PERMIT_MINTED: a slot of the lease was given out twice")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "PERMIT_LOST: given back or left in the lease, and gone")
    @State
    public static class GiveBackBesideALease extends Leased {
        public GiveBackBesideALease() {
            super(2);
        }

        @Actor
        public void gives() {
            new Limiter.Ticket(permits, now).cancel();
        }

        @Actor
        public void takes(III_Result r) {
            r.r2 = Flag.of(permits.tryTake(now));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = left();
        }
    }

    @JCStressTest
    @Description("A permit is given back while another attempt takes one, and a lease. Result: -; got it; left.")
    @Outcome(id = "0, 1, 4", expect = ACCEPTABLE, desc = "one taken, one given back")
    @Outcome(
            id = "0, 1, [0-3]",
            expect = ACCEPTABLE_INTERESTING,
            desc = "the lease was on its way as the limiter was replaced, and lapses: permits late by a lease")
    @Outcome(id = "0, 1, [5-9]", expect = FORBIDDEN, desc = "PERMIT_MINTED: the lease's slots were given out twice")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "REFUSED: there were permits")
    @State
    public static class GiveBackAndLease extends Leased {
        private static final LimiterRule ROOMY = LimiterRule.perSecond(1e9 / 16).withBurst(4 + Padded.STRIPES);

        private final PermitQueue roomy;

        public GiveBackAndLease() {
            super(4);
            Gcra gcra = new Gcra(ROOMY, 0, -1, LEASE, true);
            for (int stripe = Padded.FIRST; stripe < Padded.END; stripe += Padded.STRIDE) {
                gcra.take(stripe, now); // from now on each stripe takes leases
            }
            roomy = new PermitQueue(gcra, 10, time);
        }

        @Actor
        public void gives() {
            new Limiter.Ticket(roomy, now).cancel();
        }

        @Actor
        public void takes(III_Result r) {
            r.r2 = Flag.of(roomy.tryTake(now));
        }

        @Arbiter
        public void after(III_Result r) {
            int taken = 0;
            while (taken < 9 && roomy.tryTake(now)) {
                taken++;
            }
            r.r3 = taken;
        }
    }

    @JCStressTest
    @Description("Two want to stand in a line that has room for one. Result: each stands in it; waiting.")
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1"},
            expect = ACCEPTABLE,
            desc = "one does")
    @Outcome(id = "1, 1, .", expect = FORBIDDEN, desc = "OVERFULL: both do")
    @Outcome(
            id = ".*",
            expect = FORBIDDEN,
            desc = "REFUSED_WITH_ROOM: the line is empty, or counts somebody who is not there")
    @State
    public static class RoomForOne {
        private final VirtualTime time = VirtualTime.manual();
        private final long now = time.nanoTime();
        private final PermitQueue permits = new PermitQueue(ONE_A_SECOND, 1, time);

        public RoomForOne() {
            permits.tryTake(now);
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = Flag.of(permits.join(now, false, Nanos.NEVER, () -> {}) != null);
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Flag.of(permits.join(now, false, Nanos.NEVER, () -> {}) != null);
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = permits.waiting();
        }
    }

    @JCStressTest
    @Description(
            "Two who stand in line give up, later a third. Result: waiting after the two; timers set after the third.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "nobody is in line, and nothing is left of them")
    @Outcome(id = "0, [1-9]", expect = FORBIDDEN, desc = "LEFT_BEHIND: a timer nobody waits for")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "MISCOUNTED: one of them counts as waiting still")
    @State
    public static class TwoGiveUp extends OnePermit {
        private final Limiter.Ticket first;
        private final Limiter.Ticket second;

        public TwoGiveUp() {
            permits.tryTake(now);
            first = join(() -> {});
            second = join(() -> {});
        }

        @Actor
        public void one() {
            first.cancel();
        }

        @Actor
        public void other() {
            second.cancel();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = permits.waiting();
            join(() -> {}).cancel();
            r.r2 = time.pending();
        }
    }

    @JCStressTest
    @Description("One gets in line while the permit is given back. "
            + "Result: has it at once; times told of a grant; granted at the end; waiting, and timers set.")
    @Outcome(
            id = {"1, 0, 1, 0", "0, 1, 1, 0"},
            expect = ACCEPTABLE,
            desc = "has it, and knows of it in one way")
    @Outcome(id = ".*, 0, .", expect = FORBIDDEN, desc = "LOST_WAKE_UP: waits beside a permit")
    @Outcome(id = "0, 0, 1, .", expect = FORBIDDEN, desc = "UNTOLD: has it, and does not know")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TWO_OUTCOMES: told twice, or counted as waiting")
    @State
    public static class JoinAndGiveBack extends OnePermit {
        private final AtomicInteger told = new AtomicInteger();
        private volatile Limiter.Ticket ticket;

        public JoinAndGiveBack() {
            permits.tryTake(now);
        }

        @Actor
        public void joins(IIII_Result r) {
            Limiter.Ticket mine = join(told::incrementAndGet);
            r.r1 = Flag.of(mine.isImmediate());
            ticket = mine;
        }

        @Actor
        public void gives() {
            giveBack();
        }

        @Arbiter
        public void after(IIII_Result r) {
            r.r2 = told.get();
            r.r3 = Flag.of(ticket.isGranted());
            r.r4 = permits.waiting() + time.pending();
        }
    }

    /** Threads of one stripe, which has no lease yet; so many permits are left besides those that its neighbours have taken. */
    private abstract static class OneStripe extends Leased {
        final Gcra gcra;

        OneStripe(int left) {
            super(4);
            gcra = new Gcra(LimiterRule.perSecond(1e9 / 16).withBurst(left + Padded.STRIPES), 0, -1, LEASE, true);
            for (int stripe = Padded.FIRST; stripe < Padded.END; stripe += Padded.STRIDE) {
                gcra.take(stripe, now); // from now on each stripe takes leases
            }
        }

        final int take(long at) {
            return Flag.of(gcra.take(Padded.FIRST, at) == Gcra.TAKEN);
        }

        final int leftAt(long at) {
            int taken = 0;
            while (taken < 9 && take(at) == 1) {
                taken++;
            }
            return taken;
        }
    }

    @JCStressTest
    @Description("Two threads of a stripe take a permit and a lease of two each, of eight. Result: each got one; left.")
    @Outcome(id = "1, 1, 6", expect = ACCEPTABLE, desc = "two are taken")
    @Outcome(
            id = "1, 1, [0-5]",
            expect = ACCEPTABLE_INTERESTING,
            desc = "one of the leases lapses: permits late by a lease")
    @Outcome(id = "1, 1, [7-9]", expect = FORBIDDEN, desc = "PERMIT_MINTED: the leases were made into a longer one")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "REFUSED: there were permits")
    @State
    public static class TwoLeasesOfAStripe extends OneStripe {
        public TwoLeasesOfAStripe() {
            super(8);
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = take(now);
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = take(now);
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = leftAt(now);
        }
    }

    @JCStressTest
    @Description("Two threads of a stripe take a permit each, of five, and there is room for one lease of two besides. "
            + "Result: each got one; left.")
    @Outcome(id = "1, 1, 3", expect = ACCEPTABLE, desc = "two are taken")
    @Outcome(id = "1, 1, [0-2]", expect = ACCEPTABLE_INTERESTING, desc = "the lease lapses: permits late by a lease")
    @Outcome(
            id = "1, 1, [4-9]",
            expect = FORBIDDEN,
            desc = "PERMIT_MINTED: who took no lease made that of the other longer")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "REFUSED: there were permits")
    @State
    public static class OneLeaseOfAStripe extends OneStripe {
        private final long later = now + 16;

        public OneLeaseOfAStripe() {
            super(4);
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = take(later);
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = take(later);
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = leftAt(later);
        }
    }
}
