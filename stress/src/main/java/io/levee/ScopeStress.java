package io.levee;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Races at a {@link Scope}: who is in it when it is cancelled is told, once; who is not, is not. */
public class ScopeStress {
    private ScopeStress() {}

    private static Scope scope(Scope parent) {
        return new Scope(parent, TimeSource.system(), Nanos.NEVER, null);
    }

    /** Counts how often it was told of a cancellation. */
    private static class Member extends ScopeMember {
        final AtomicInteger told = new AtomicInteger();

        @Override
        void scopeCancelled() {
            told.incrementAndGet();
        }
    }

    /** Like a frame: used again after it has left, so it is told under the scope's lock. */
    private static final class ReusedMember extends Member {
        @Override
        boolean isCancelledUnderLock() {
            return true;
        }
    }

    @JCStressTest
    @Description("One joins while the scope is cancelled. Result: joined; times told.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "joined, and told")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "too late to join, and not told")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "NOT_TOLD: in a cancelled scope, and works on")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TOLD_TWICE: or told without having joined")
    @State
    public static class JoinAndCancel {
        private final Scope scope = scope(null);
        private final Member member = new Member();

        @Actor
        public void joins(II_Result r) {
            r.r1 = Flag.of(scope.join(member));
        }

        @Actor
        public void cancels() {
            scope.cancel();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = member.told.get();
        }
    }

    @JCStressTest
    @Description("One joins a scope while the scope that it lies in is cancelled. Result: joined; times told.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "joined, and told")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "too late to join, and not told")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "NOT_TOLD: in a cancelled tree, and works on")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TOLD_TWICE: or told without having joined")
    @State
    public static class JoinAndCancelAbove {
        private final Scope parent = scope(null);
        private final Scope child = scope(parent);
        private final Member member = new Member();

        public JoinAndCancelAbove() {
            parent.join(child);
        }

        @Actor
        public void joins(II_Result r) {
            r.r1 = Flag.of(child.join(member));
        }

        @Actor
        public void cancels() {
            parent.cancel();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = member.told.get();
        }
    }

    @JCStressTest
    @Description(
            "One who is used again leaves while the scope is cancelled. Result: times told when it had left; at the "
                    + "end.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "left before")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "told before it left")
    @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "TOLD_LATE: the cancellation reaches whatever it is used for next")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TOLD_TWICE: one cancellation")
    @State
    public static class LeaveAndCancel {
        private final Scope scope = scope(null);
        private final Member member = new ReusedMember();

        public LeaveAndCancel() {
            scope.join(member);
        }

        @Actor
        public void leaves(II_Result r) {
            scope.leave(member);
            r.r1 = member.told.get();
        }

        @Actor
        public void cancels() {
            scope.cancel();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = member.told.get();
        }
    }

    @JCStressTest
    @Description(
            "One who is used once leaves while the scope is cancelled. Result: times told when it had left; at the "
                    + "end.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "left before")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "told before it left")
    @Outcome(
            id = "0, 1",
            expect = ACCEPTABLE_INTERESTING,
            desc = "told after it left: it is told outside of the lock, and takes no harm, for it is not used again")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TOLD_TWICE: one cancellation")
    @State
    public static class LeaveOnceAndCancel {
        private final Scope scope = scope(null);
        private final Member member = new Member();

        public LeaveOnceAndCancel() {
            scope.join(member);
        }

        @Actor
        public void leaves(II_Result r) {
            scope.leave(member);
            r.r1 = member.told.get();
        }

        @Actor
        public void cancels() {
            scope.cancel();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = member.told.get();
        }
    }

    @JCStressTest
    @Description("Two of three neighbours leave together; then the scope is cancelled. Result: times each was told.")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "the one who stayed was told")
    @Outcome(id = ". 0, .", expect = FORBIDDEN, desc = "NOT_TOLD: the one who stayed was unlinked with its neighbours")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TOLD_LATE: one who had left is still in the list")
    @State
    public static class NeighboursLeave {
        private final Scope scope = scope(null);
        private final Member left = new Member();
        private final Member middle = new Member();
        private final Member right = new Member();

        public NeighboursLeave() {
            scope.join(left);
            scope.join(middle);
            scope.join(right);
        }

        @Actor
        public void one() {
            scope.leave(left);
        }

        @Actor
        public void other() {
            scope.leave(right);
        }

        @Arbiter
        public void after(III_Result r) {
            scope.cancel();
            r.r1 = left.told.get();
            r.r2 = middle.told.get();
            r.r3 = right.told.get();
        }
    }

    @JCStressTest
    @Description("Two cancel. Result: times the member was told, as each canceller returns; at the end.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "told once, before either returned")
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1"},
            expect = ACCEPTABLE_INTERESTING,
            desc = "the second canceller does not wait for the first to have told everybody")
    @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "NOT_TOLD: each canceller relied on the other")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TOLD_TWICE: by both")
    @State
    public static class TwoCancel {
        private final Scope scope = scope(null);
        private final Member member = new Member();

        public TwoCancel() {
            scope.join(member);
        }

        @Actor
        public void one(III_Result r) {
            scope.cancel();
            r.r1 = member.told.get();
        }

        @Actor
        public void other(III_Result r) {
            scope.cancel();
            r.r2 = member.told.get();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = member.told.get();
        }
    }

    @JCStressTest
    @Description("An action is registered while the scope is cancelled. Result: times it ran.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "ran, on one thread or the other")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "NOT_TOLD: the action fell between registration and cancellation")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TOLD_TWICE: on both threads")
    @State
    public static class OnCancelAndCancel {
        private final Scope scope = scope(null);
        private final AtomicInteger ran = new AtomicInteger();

        @Actor
        public void registers() {
            scope.onCancel(ran::incrementAndGet);
        }

        @Actor
        public void cancels() {
            scope.cancel();
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = ran.get();
        }
    }

    @JCStressTest
    @Description("A scope in which work goes on is closed while the scope above it is cancelled. Result: times told.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the work was told")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "NOT_TOLD: closing took the work out of the tree")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TOLD_TWICE: one cancellation")
    @State
    public static class CloseAndCancelAbove {
        private final Scope parent = scope(null);
        private final Scope child = scope(parent);
        private final Member member = new Member();

        public CloseAndCancelAbove() {
            parent.join(child);
            child.join(member);
        }

        @Actor
        public void closes() {
            child.close();
        }

        @Actor
        public void cancels() {
            parent.cancel();
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = member.told.get();
        }
    }

    @JCStressTest
    @Description("In a closed scope one piece of work ends as another begins; then the scope above is cancelled. "
            + "Result: times the new one was told; times the old one was.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the new one was told")
    @Outcome(id = "0, .", expect = FORBIDDEN, desc = "NOT_TOLD: the scope left the tree as the new one came")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TOLD_LATE: one that had left was told, or one was told twice")
    @State
    public static class LeaveAndJoinAfterClose {
        private final Scope parent = scope(null);
        private final Scope child = scope(parent);
        private final Member old = new Member();
        private final Member fresh = new Member();

        public LeaveAndJoinAfterClose() {
            parent.join(child);
            child.join(old);
            child.close();
        }

        @Actor
        public void ends() {
            child.leave(old);
        }

        @Actor
        public void begins() {
            child.join(fresh);
        }

        @Arbiter
        public void after(II_Result r) {
            parent.cancel();
            r.r1 = fresh.told.get();
            r.r2 = old.told.get();
        }
    }
}
