package io.levee.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Faults that a run must find, for the test of the launcher. */
public class PlantedStress {
    private PlantedStress() {}

    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "both counted")
    @Outcome(id = "1", expect = FORBIDDEN, desc = "UPDATE_LOST: planted")
    @State
    public static class Lost {
        private volatile int count;

        @Actor
        public void one() {
            addOne();
        }

        @Actor
        public void other() {
            addOne();
        }

        /** Lets the other one in between, so that a short run on a busy machine sees it too. */
        private void addOne() {
            int seen = count;
            Thread.yield();
            count = seen + 1;
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = count;
        }
    }

    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "never seen")
    @State
    public static class Throwing {
        @Actor
        public void one(I_Result r) {
            throw new IllegalStateException("planted error");
        }

        @Actor
        public void other() {}
    }

    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "the only outcome that is described")
    @State
    public static class Undescribed {
        @Actor
        public void one(I_Result r) {
            r.r1 = 5;
        }

        @Actor
        public void other() {}
    }
}
