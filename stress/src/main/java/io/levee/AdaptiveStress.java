package io.levee;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.levee.test.VirtualTime;
import java.time.Duration;
import java.util.Objects;
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

/** Races at a {@link ConcurrencyLimit}, what it knows of an outage ({@link Collapse}), and a {@link Throttle}. */
public class AdaptiveStress {
    private static final long NOW = 100 * Nanos.PER_SECOND;

    private AdaptiveStress() {}

    /** After so many failures, long enough before {@link #NOW} for an outage. */
    private static Collapse failing(int failures) {
        Collapse collapse = new Collapse();
        for (int i = 0; i < failures; i++) {
            collapse.failed(NOW - Collapse.SHORTEST_RUN, 1, false);
        }
        return collapse;
    }

    @JCStressTest
    @Description("Two attempts while nothing is answered, and a probe is due. Result: each is let in.")
    @Outcome(
            id = {"1, 0", "0, 1"},
            expect = ACCEPTABLE,
            desc = "one of them is the probe")
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "TWO_PROBES: both were sent to a downstream that may be down")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "NO_PROBE: nobody finds out whether the downstream works")
    @State
    public static class ProbeIsDue {
        private final Collapse collapse = failing(Collapse.RUN - 1);

        public ProbeIsDue() {
            collapse.failed(NOW, 1, false);
        }

        @Actor
        public void one(II_Result r) {
            r.r1 = Flag.of(collapse.lets(NOW + Nanos.PER_SECOND));
        }

        @Actor
        public void other(II_Result r) {
            r.r2 = Flag.of(collapse.lets(NOW + Nanos.PER_SECOND));
        }
    }

    @JCStressTest
    @Description("The failure that makes an outage of a run of them, and an answer. "
            + "Result: nothing but probes is let in; whoever enters looks at that.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the answer came first")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the failure came first")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "UNWATCHED: an outage, and everybody is let in")
    @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "WATCHED: all is well, and everybody looks")
    @State
    public static class LastFailureAndAnswer {
        private final Collapse collapse = failing(Collapse.RUN - 1);

        @Actor
        public void failure() {
            collapse.failed(NOW, 1, false);
        }

        @Actor
        public void answer() {
            collapse.answered();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = Flag.of(collapse.on);
            r.r2 = Flag.of(collapse.watched);
        }
    }

    @JCStressTest
    @Description("The last two failures that make an outage of a run of them. Result: nothing but probes is let in.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "both count")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "FAILURE_LOST: a downstream that answers nothing gets everything")
    @State
    public static class LastTwoFailures {
        private final Collapse collapse = failing(Collapse.RUN - 2);

        @Actor
        public void one() {
            collapse.failed(NOW, 1, false);
        }

        @Actor
        public void other() {
            collapse.failed(NOW, 1, false);
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = Flag.of(collapse.on);
        }
    }

    @JCStressTest
    @Description("Two attempts were refused. Result: first attempts are held off; whoever enters looks at that.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both count")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "REFUSAL_LOST: nobody is held off")
    @State
    public static class TwoRefused {
        private final Collapse collapse = new Collapse();

        @Actor
        public void one() {
            collapse.failed(NOW, 1, true);
        }

        @Actor
        public void other() {
            collapse.failed(NOW, 1, true);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = Flag.of(collapse.holdNanos(NOW) > 0);
            r.r2 = Flag.of(collapse.watched);
        }
    }

    /** A concurrency limit of one, which somebody is in. */
    private abstract static class OnePlace {
        final ConcurrencyLimit limit = ConcurrencyLimit.adaptive()
                .between(1, 1)
                .initial(1)
                .maxWait(Duration.ofSeconds(1))
                .build(VirtualTime.manual(), Nanos.NEVER);

        private final AtomicInteger told = new AtomicInteger();

        OnePlace() {
            limit.tryEnter(NOW);
        }

        final int waits() {
            Limiter.Ticket ticket =
                    Objects.requireNonNull(limit.await(NOW, NOW + Nanos.PER_SECOND, told::incrementAndGet));
            return Flag.of(ticket.isImmediate());
        }

        final void see(III_Result r) {
            r.r1 += told.get();
            r.r2 = limit.inFlight();
            r.r3 = limit.snapshot().waiting();
        }
    }

    @JCStressTest
    @Description(
            "One gets in line for the only place while that is left after an answer. Result: times it learns that it is "
                    + "in; in flight; waiting.")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "it is in, and knows")
    @Outcome(id = "0, 0, 1", expect = FORBIDDEN, desc = "LOST_WAKE_UP: it waits beside a place")
    @Outcome(id = "0, 1, 0", expect = FORBIDDEN, desc = "UNTOLD: it is in, and does not know")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TWO_OUTCOMES: told twice, or counted as waiting")
    @State
    public static class WaitAndLeave extends OnePlace {
        @Actor
        public void waits(III_Result r) {
            r.r1 = waits();
        }

        @Actor
        public void leaves() {
            limit.leave(NOW, 0);
        }

        @Arbiter
        public void after(III_Result r) {
            see(r);
        }
    }

    @JCStressTest
    @Description("The same with a place that is left without a word on the downstream.")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "it is in, and knows")
    @Outcome(id = "0, 0, 1", expect = FORBIDDEN, desc = "LOST_WAKE_UP: it waits beside a place")
    @Outcome(id = "0, 1, 0", expect = FORBIDDEN, desc = "UNTOLD: it is in, and does not know")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TWO_OUTCOMES: told twice, or counted as waiting")
    @State
    public static class WaitAndWithdraw extends OnePlace {
        @Actor
        public void waits(III_Result r) {
            r.r1 = waits();
        }

        @Actor
        public void withdraws() {
            limit.leave();
        }

        @Arbiter
        public void after(III_Result r) {
            see(r);
        }
    }

    @JCStressTest
    @Description(
            "Two attempts of different instants were refused. Result: while the later one is in the window, an attempt "
                    + "is sent to a downstream that refuses all.")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "it is not sent")
    @Outcome(id = "1", expect = FORBIDDEN, desc = "FORGOTTEN: the earlier refusal wrote over how long to look")
    @State
    public static class TwoRefusals {
        private static final long LATER = NOW + 5 * Nanos.PER_SECOND;

        private final Throttle throttle = Throttle.adaptive()
                .window(Duration.ofSeconds(10))
                .minimumPerSecond(0.1)
                .build(() -> 0);

        public TwoRefusals() {
            throttle.onSent(NOW);
            throttle.onSent(LATER);
        }

        @Actor
        public void earlier() {
            throttle.onRefused(NOW);
        }

        @Actor
        public void later() {
            throttle.onRefused(LATER);
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = Flag.of(throttle.tryAcquire(LATER + 6 * Nanos.PER_SECOND));
        }
    }
}
