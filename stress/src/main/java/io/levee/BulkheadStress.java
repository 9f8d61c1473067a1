package io.levee;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Races at a {@link Bulkhead}. */
public class BulkheadStress {
    private BulkheadStress() {}

    @JCStressTest
    @Description("Two attempts want the one place. Result: each got in; how many are in flight.")
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1"},
            expect = ACCEPTABLE,
            desc = "one is in")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "OVERFULL: both are in a bulkhead of one")
    @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "REFUSED_WITH_ROOM: nobody is in, and both were refused")
    @State
    public static class LastPlace {
        private final Bulkhead bulkhead = Bulkhead.inFlight(1).build();

        @Actor
        public void one(III_Result r) {
            r.r1 = Flag.of(bulkhead.tryEnter());
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Flag.of(bulkhead.tryEnter());
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = bulkhead.inFlight();
        }
    }

    @JCStressTest
    @Description("One leaves a full bulkhead while another wants in. Result: left; got in; how many are in flight.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "left, then entered")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "refused, then left")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "MISCOUNTED: the count is not entries less departures")
    @State
    public static class LeaveAndEnter {
        private final Bulkhead bulkhead = Bulkhead.inFlight(1).build();

        public LeaveAndEnter() {
            bulkhead.tryEnter();
        }

        @Actor
        public void leaver(III_Result r) {
            bulkhead.leave();
            r.r1 = 1;
        }

        @Actor
        public void newcomer(III_Result r) {
            r.r2 = Flag.of(bulkhead.tryEnter());
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = bulkhead.inFlight();
        }
    }

    @JCStressTest
    @Description("Two leave, but only one is in. Result: each left without complaint; how many are in flight.")
    @Outcome(
            id = {"1, 0, 0", "0, 1, 0"},
            expect = ACCEPTABLE,
            desc = "one left, the other was told of its mistake")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "LEFT_TWICE: one entry, two departures, and no complaint")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "MISCOUNTED: a place is lost or won")
    @State
    public static class LeaveTwice {
        private final Bulkhead bulkhead = Bulkhead.inFlight(2).build();

        public LeaveTwice() {
            bulkhead.tryEnter();
        }

        private int leave() {
            try {
                bulkhead.leave();
                return 1;
            } catch (IllegalStateException leftTwice) {
                return 0;
            }
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = leave();
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = leave();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = bulkhead.inFlight();
        }
    }

    @JCStressTest
    @Description(
            "The size falls from 2 to 1 while a second attempt wants in. Result: -; got in; how many are in flight.")
    @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "entered before the change: those who are in stay in")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "refused by the new size")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "MISCOUNTED: the count is not that of those who are in")
    @State
    public static class EnterWhileShrinking {
        private final Bulkhead bulkhead = Bulkhead.inFlight(2).build();

        public EnterWhileShrinking() {
            bulkhead.tryEnter();
        }

        @Actor
        public void operator() {
            bulkhead.change(1);
        }

        @Actor
        public void newcomer(III_Result r) {
            r.r2 = Flag.of(bulkhead.tryEnter());
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = bulkhead.inFlight();
        }
    }

    @JCStressTest
    @Description(
            "The size falls from 2 to 1, and then a second attempt wants in, while the first one leaves by another "
                    + "stripe. Result: -; got in after the change; how many are in flight.")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the first had left")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "the first was still in")
    @Outcome(id = "0, 1, 2", expect = FORBIDDEN, desc = "OVERFULL: two are in, and one may be")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "MISCOUNTED: the count is not that of those who are in")
    @State
    public static class ShrinkThenEnter {
        private final Bulkhead bulkhead = Bulkhead.inFlight(2).build();

        public ShrinkThenEnter() {
            bulkhead.tryEnter();
        }

        @Actor
        public void operator(III_Result r) {
            bulkhead.change(1);
            r.r2 = Flag.of(bulkhead.tryEnter());
        }

        @Actor
        public void leaver() {
            bulkhead.leave();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = bulkhead.inFlight();
        }
    }

    @JCStressTest
    @Description("The size falls below those who are in, and one of them leaves, while another wants in. "
            + "Result: -; got in; how many are in flight.")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "as many are in as may be")
    @Outcome(id = "0, 1, .*", expect = FORBIDDEN, desc = "OVERFULL: two are in, and one may be")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "MISCOUNTED: the count is not that of those who are in")
    @State
    public static class LeaveWhileOverfull {
        private final Bulkhead bulkhead = Bulkhead.inFlight(2).build();

        public LeaveWhileOverfull() {
            bulkhead.tryEnter();
            bulkhead.tryEnter();
            bulkhead.change(1);
        }

        @Actor
        public void leaver() {
            bulkhead.leave();
        }

        @Actor
        public void newcomer(III_Result r) {
            r.r2 = Flag.of(bulkhead.tryEnter());
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = bulkhead.inFlight();
        }
    }

    @JCStressTest
    @Description("Two are in a bulkhead of two; one leaves and comes back while another wants in. "
            + "Result: came back; got in; how many are in flight.")
    @Outcome(
            id = {"1, 0, 2", "0, 1, 2"},
            expect = ACCEPTABLE,
            desc = "one of them has the place")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "OVERFULL: three are in a bulkhead of two")
    @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "REFUSED_WITH_ROOM: one place is free, and both were refused")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "MISCOUNTED: the count is not that of those who are in")
    @State
    public static class LeaveAndComeBack {
        private final Bulkhead bulkhead = Bulkhead.inFlight(2).build();

        public LeaveAndComeBack() {
            bulkhead.tryEnter();
            bulkhead.tryEnter();
        }

        @Actor
        public void comesBack(III_Result r) {
            bulkhead.leave();
            r.r1 = Flag.of(bulkhead.tryEnter());
        }

        @Actor
        public void newcomer(III_Result r) {
            r.r2 = Flag.of(bulkhead.tryEnter());
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = bulkhead.inFlight();
        }
    }

    @JCStressTest
    @Description("One enters though it is full while another leaves. Result: how many are in flight.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "one in, one out")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "MISCOUNTED: one of them wrote over the other")
    @State
    public static class EnterAnywayAndLeave {
        private final Bulkhead bulkhead = Bulkhead.inFlight(1).build();

        public EnterAnywayAndLeave() {
            bulkhead.enter();
        }

        @Actor
        public void enters() {
            bulkhead.enter();
        }

        @Actor
        public void leaves() {
            bulkhead.leave();
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = bulkhead.inFlight();
        }
    }

    @JCStressTest
    @Description("Two leave as if they had never entered. Result: how many are in flight; how many have left.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "neither counts as one who has left")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "COUNTED: one of them does")
    @State
    public static class TwoWithdraw {
        private final Bulkhead bulkhead = Bulkhead.inFlight(5).build();
        private final int left;

        public TwoWithdraw() {
            bulkhead.tryEnter();
            bulkhead.tryEnter();
            left = bulkhead.left();
        }

        @Actor
        public void one() {
            bulkhead.withdraw();
        }

        @Actor
        public void other() {
            bulkhead.withdraw();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = bulkhead.inFlight();
            r.r2 = bulkhead.left() - left;
        }
    }

    @JCStressTest
    @Description("One leaves as if it had never entered while the places are dealt out anew. "
            + "Result: how many are in flight; how many have left.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "it does not count as one who has left")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "COUNTED: it does, or the dealing out does")
    @State
    public static class WithdrawAndChange {
        private final Bulkhead bulkhead = Bulkhead.inFlight(5).build();
        private final int left;

        public WithdrawAndChange() {
            bulkhead.tryEnter();
            left = bulkhead.left();
        }

        @Actor
        public void withdraws() {
            bulkhead.withdraw();
        }

        @Actor
        public void operator() {
            bulkhead.change(3);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = bulkhead.inFlight();
            r.r2 = bulkhead.left() - left;
        }
    }
}
