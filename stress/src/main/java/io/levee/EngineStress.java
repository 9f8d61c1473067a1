package io.levee;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
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

/** Races at an {@link Engine}: what is pending when it closes is told, once; what is not, is refused. */
public class EngineStress {
    private EngineStress() {}

    private static Engine engine() {
        return new Engine(Levee.named("downstream"));
    }

    private static final class Pending extends ScopeMember {
        final AtomicInteger told = new AtomicInteger();

        @Override
        void scopeCancelled() {}

        @Override
        void leveeClosed() {
            told.incrementAndGet();
        }
    }

    @JCStressTest
    @Description("A call registers while its Levee closes. Result: registered; times told; still pending.")
    @Outcome(
            id = {"1, 1, 0"},
            expect = ACCEPTABLE,
            desc = "registered, and told")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "refused, and not told")
    @Outcome(id = "1, 0, .", expect = FORBIDDEN, desc = "NOT_TOLD: pending in a closed Levee, for ever")
    @Outcome(id = "0, 1, .", expect = FORBIDDEN, desc = "TOLD_THOUGH_REFUSED: the call would end twice")
    @Outcome(id = ".*, 1", expect = FORBIDDEN, desc = "LEFT_BEHIND: a closed Levee holds on to a call")
    @State
    public static class RegisterAndClose {
        private final Engine engine = engine();
        private final Pending call = new Pending();

        @Actor
        public void registers(III_Result r) {
            r.r1 = Flag.of(engine.register(call));
        }

        @Actor
        public void closes() {
            engine.close();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r2 = call.told.get();
            r.r3 = engine.pending.size();
        }
    }

    @JCStressTest
    @Description("A call ends while its Levee closes. Result: times told; still pending.")
    @Outcome(
            id = {"0, 0", "1, 0"},
            expect = ACCEPTABLE,
            desc = "ended before, or told")
    @Outcome(id = ".*, 1", expect = FORBIDDEN, desc = "LEFT_BEHIND: a closed Levee holds on to a call")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TOLD_TWICE: one close")
    @State
    public static class UnregisterAndClose {
        private final Engine engine = engine();
        private final Pending call = new Pending();

        public UnregisterAndClose() {
            engine.register(call);
        }

        @Actor
        public void ends() {
            engine.unregister(call);
        }

        @Actor
        public void closes() {
            engine.close();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = call.told.get();
            r.r2 = engine.pending.size();
        }
    }

    @JCStressTest
    @Description("Two close. Result: times told; still pending.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "told once")
    @Outcome(id = "0, .", expect = FORBIDDEN, desc = "NOT_TOLD: each relied on the other")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TOLD_TWICE: by both")
    @State
    public static class TwoClose {
        private final Engine engine = engine();
        private final Pending call = new Pending();

        public TwoClose() {
            engine.register(call);
        }

        @Actor
        public void one() {
            engine.close();
        }

        @Actor
        public void other() {
            engine.close();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = call.told.get();
            r.r2 = engine.pending.size();
        }
    }
}
