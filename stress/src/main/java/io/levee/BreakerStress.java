package io.levee;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.LII_Result;
import org.openjdk.jcstress.infra.results.LI_Result;

/** Races at a {@link Breaker} and at its windows. */
public class BreakerStress {
    private static final long NOW = 100 * Nanos.PER_SECOND;
    private static final long OPEN_TIME_OVER = NOW + 30 * Nanos.PER_SECOND;
    private static final long LEASE_OVER = OPEN_TIME_OVER + 60 * Nanos.PER_SECOND;

    private BreakerStress() {}

    private static Breaker closed(int failuresInARow) {
        return Breaker.consecutiveFailures(failuresInARow)
                .openFor(Duration.ofSeconds(30))
                .probeLease(Duration.ofSeconds(60))
                .build();
    }

    /** Generation 1. */
    private static Breaker open() {
        Breaker breaker = closed(1);
        breaker.onFailure(breaker.tryAcquire(NOW), NOW, -1);
        return breaker;
    }

    /** Generation 2, which is the probe's stamp. */
    private static Breaker probing() {
        Breaker breaker = open();
        breaker.tryAcquire(OPEN_TIME_OVER);
        return breaker;
    }

    @JCStressTest
    @Description("Two callers at the end of the open time. Result: each was let through; the generation.")
    @Outcome(
            id = {"1, 0, 2", "0, 1, 2"},
            expect = ACCEPTABLE,
            desc = "one of them is the probe")
    @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "TWO_PROBES: both were sent to a downstream that may be down")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "NO_PROBE: nobody finds out whether the downstream works")
    @State
    public static class EndOfOpenTime {
        private final Breaker breaker = open();

        @Actor
        public void one(III_Result r) {
            r.r1 = Flag.of(breaker.tryAcquire(OPEN_TIME_OVER) != Breaker.REFUSED);
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Flag.of(breaker.tryAcquire(OPEN_TIME_OVER) != Breaker.REFUSED);
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = (int) breaker.generation();
        }
    }

    @JCStressTest
    @Description("The two failures that make up a row of two. Result: the state; the generation; transitions told.")
    @Outcome(id = "OPEN, 1, 1", expect = ACCEPTABLE, desc = "the later one opens it, once")
    @Outcome(id = "CLOSED, .*", expect = FORBIDDEN, desc = "FAILURE_LOST: two failures in a row, and closed")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "OPENED_TWICE: one row, more than one transition")
    @State
    public static class RowOfTwo {
        private final Breaker breaker = closed(2);
        private final AtomicInteger told = new AtomicInteger();
        private final long stamp;

        public RowOfTwo() {
            breaker.onTransition((from, to, reason, now, figures) -> told.incrementAndGet());
            stamp = breaker.tryAcquire(NOW);
        }

        @Actor
        public void one() {
            breaker.onFailure(stamp, NOW, -1);
        }

        @Actor
        public void other() {
            breaker.onFailure(stamp, NOW, -1);
        }

        @Arbiter
        public void after(LII_Result r) {
            r.r1 = breaker.state();
            r.r2 = (int) breaker.generation();
            r.r3 = told.get();
        }
    }

    @JCStressTest
    @Description("A row of one failure; a success and a second failure are reported together. "
            + "Result: the state; the length of the row.")
    @Outcome(id = "OPEN, 2", expect = ACCEPTABLE, desc = "the failure came first: two in a row")
    @Outcome(id = "CLOSED, 1", expect = ACCEPTABLE, desc = "the success came first: a new row of one")
    @Outcome(id = "CLOSED, 0", expect = FORBIDDEN, desc = "FAILURE_LOST: it came last, or it opened, yet is nowhere")
    @Outcome(id = "CLOSED, 2", expect = FORBIDDEN, desc = "SUCCESS_LOST: the row goes on as if there had been none")
    @State
    public static class SuccessAndFailure {
        private final Breaker breaker = closed(2);
        private final long stamp = breaker.tryAcquire(NOW);

        public SuccessAndFailure() {
            breaker.onFailure(stamp, NOW, -1);
        }

        @Actor
        public void success() {
            breaker.onSuccess(stamp, NOW, -1);
        }

        @Actor
        public void failure() {
            breaker.onFailure(stamp, NOW, -1);
        }

        @Arbiter
        public void after(LI_Result r) {
            r.r1 = breaker.state();
            r.r2 = breaker.snapshot(NOW).failures();
        }
    }

    @JCStressTest
    @Description("The probe reports success at the end of its lease, when the next caller comes. "
            + "Result: the state; the generation; what the caller got.")
    @Outcome(id = "CLOSED, 3, 3", expect = ACCEPTABLE, desc = "closed, and the caller passes")
    @Outcome(id = "HALF_OPEN, 3, 3", expect = ACCEPTABLE, desc = "the caller is the new probe, the report is late")
    @Outcome(id = "CLOSED, 4, .*", expect = FORBIDDEN, desc = "LATE_RESULT: a lost probe closed the next generation")
    @Outcome(id = ".*, -1", expect = FORBIDDEN, desc = "REFUSED: neither closed nor a new probe")
    @State
    public static class ProbeAtTheEndOfItsLease {
        private final Breaker breaker = probing();

        @Actor
        public void probe() {
            breaker.onSuccess(2, LEASE_OVER, -1);
        }

        @Actor
        public void caller(LII_Result r) {
            r.r3 = (int) breaker.tryAcquire(LEASE_OVER);
        }

        @Arbiter
        public void after(LII_Result r) {
            r.r1 = breaker.state();
            r.r2 = (int) breaker.generation();
        }
    }

    @JCStressTest
    @Description("The probe succeeds while a failure from before the outage comes in. "
            + "Result: the state; the generation; failures counted.")
    @Outcome(id = "CLOSED, 3, 0", expect = ACCEPTABLE, desc = "closed with empty counts")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "LATE_RESULT: a failure of an earlier generation changed this one")
    @State
    public static class LateFailure {
        private final Breaker breaker = probing();

        @Actor
        public void probe() {
            breaker.onSuccess(2, OPEN_TIME_OVER, -1);
        }

        @Actor
        public void late() {
            breaker.onFailure(0, OPEN_TIME_OVER, -1);
        }

        @Arbiter
        public void after(LII_Result r) {
            r.r1 = breaker.state();
            r.r2 = (int) breaker.generation();
            r.r3 = breaker.snapshot(OPEN_TIME_OVER).failures();
        }
    }

    @JCStressTest
    @Description("The probe is given back while another caller asks. Result: the state; what the caller got.")
    @Outcome(id = "OPEN, -1", expect = ACCEPTABLE, desc = "refused, then given back: the next caller probes")
    @Outcome(id = "HALF_OPEN, 4", expect = ACCEPTABLE, desc = "given back, and the caller is the new probe")
    @Outcome(id = "HALF_OPEN, -1", expect = FORBIDDEN, desc = "PROBE_LOST: no probe, and nobody can become it in time")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TWO_PROBES: let through without the probe's place")
    @State
    public static class ProbeGivenBack {
        private final Breaker breaker = probing();

        @Actor
        public void probe() {
            breaker.onIgnored(2);
        }

        @Actor
        public void caller(LI_Result r) {
            r.r2 = (int) breaker.tryAcquire(OPEN_TIME_OVER);
        }

        @Arbiter
        public void after(LI_Result r) {
            r.r1 = breaker.state();
        }
    }

    @JCStressTest
    @Description("An operator forces it open while a failure opens it. Result: the state; the generation.")
    @Outcome(id = "FORCED_OPEN, 1", expect = ACCEPTABLE, desc = "the failure came late")
    @Outcome(id = "FORCED_OPEN, 2", expect = ACCEPTABLE, desc = "opened, then forced open")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "OPERATOR_OVERRULED: the operator does not have the last word")
    @State
    public static class OperatorAndFailure {
        private final Breaker breaker = closed(1);

        @Actor
        public void operator() {
            breaker.forceOpen();
        }

        @Actor
        public void failure() {
            breaker.onFailure(0, NOW, -1);
        }

        @Arbiter
        public void after(LI_Result r) {
            r.r1 = breaker.state();
            r.r2 = (int) breaker.generation();
        }
    }

    @JCStressTest
    @Description("One operator forces it open, another releases it. Result: the state; the generation.")
    @Outcome(id = "FORCED_OPEN, 1", expect = ACCEPTABLE, desc = "there was nothing to release yet")
    @Outcome(id = "CLOSED, 2", expect = ACCEPTABLE, desc = "forced, then released")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "TORN: not the result of either order")
    @State
    public static class TwoOperators {
        private final Breaker breaker = closed(1);

        @Actor
        public void forces() {
            breaker.forceOpen();
        }

        @Actor
        public void releases() {
            breaker.release();
        }

        @Arbiter
        public void after(LI_Result r) {
            r.r1 = breaker.state();
            r.r2 = (int) breaker.generation();
        }
    }

    @JCStressTest
    @Description("Two outcomes fall into a bucket that still holds the lap before. Result: calls; failures among them.")
    @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "both counted, the old lap gone")
    @Outcome(id = "[01], .*", expect = FORBIDDEN, desc = "CALL_LOST: emptied with the old lap")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "OLD_LAP: counts of a window ago")
    @State
    public static class TurningBucket {
        private static final long WINDOW = 16 * Nanos.PER_SECOND;
        private final TimeWindow window = new TimeWindow(WINDOW);

        public TurningBucket() {
            for (int i = 0; i < 5; i++) {
                window.addMarked(NOW);
            }
        }

        @Actor
        public void success() {
            window.addPlain(NOW + WINDOW);
        }

        @Actor
        public void failure() {
            window.addMarked(NOW + WINDOW);
        }

        @Arbiter
        public void after(II_Result r) {
            long counts = window.counts(NOW + WINDOW);
            r.r1 = OutcomeWindow.calls(counts);
            r.r2 = OutcomeWindow.marked(counts);
        }
    }

    @JCStressTest
    @Description("Two outcomes take the two places of a full ring. Result: calls; failures among them.")
    @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "each has its place")
    @Outcome(id = "2, [02]", expect = FORBIDDEN, desc = "SAME_PLACE: one wrote over the other, or an old one is left")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "MISCOUNTED: a ring of two holds two")
    @State
    public static class RingOfTwo {
        private final CountWindow window = new CountWindow(2);

        public RingOfTwo() {
            window.addMarked(NOW);
            window.addPlain(NOW);
        }

        @Actor
        public void success() {
            window.addPlain(NOW);
        }

        @Actor
        public void failure() {
            window.addMarked(NOW);
        }

        @Arbiter
        public void after(II_Result r) {
            long counts = window.counts(NOW);
            r.r1 = OutcomeWindow.calls(counts);
            r.r2 = OutcomeWindow.marked(counts);
        }
    }

    @JCStressTest
    @Description(
            "The ring comes round while an outcome has its place but not yet its bit: success, then failure, on one "
                    + "thread, a success on the other, in a ring of one. Result: calls; failures among them.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the success of the other thread took the last place")
    @Outcome(
            id = "1, 1",
            expect = ACCEPTABLE_INTERESTING,
            desc = "the failure took the last place, or wrote its bit after a newer outcome: off by one, as documented")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "MISCOUNTED: a ring of one holds one")
    @State
    public static class RingOfOne {
        private final CountWindow window = new CountWindow(1);

        @Actor
        public void both() {
            window.addPlain(NOW);
            window.addMarked(NOW);
        }

        @Actor
        public void success() {
            window.addPlain(NOW);
        }

        @Arbiter
        public void after(II_Result r) {
            long counts = window.counts(NOW);
            r.r1 = OutcomeWindow.calls(counts);
            r.r2 = OutcomeWindow.marked(counts);
        }
    }

    @JCStressTest
    @Description("Two counted outcomes of one bucket turn out to be failures. Result: calls; failures among them.")
    @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "both are marked")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "MARK_LOST: one wrote over the other")
    @State
    public static class TwoMarks {
        private final TimeWindow window = new TimeWindow(16 * Nanos.PER_SECOND);

        public TwoMarks() {
            window.addPlain(NOW);
            window.addPlain(NOW);
        }

        @Actor
        public void one() {
            window.mark(NOW);
        }

        @Actor
        public void other() {
            window.mark(NOW);
        }

        @Arbiter
        public void after(II_Result r) {
            long counts = window.counts(NOW);
            r.r1 = OutcomeWindow.calls(counts);
            r.r2 = OutcomeWindow.marked(counts);
        }
    }

    @JCStressTest
    @Description(
            "A counted outcome turns out to be a failure while another is counted. Result: calls; failures among them.")
    @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "one counted, one marked")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "LOST: one wrote over the other")
    @State
    public static class MarkAndAdd {
        private final TimeWindow window = new TimeWindow(16 * Nanos.PER_SECOND);

        public MarkAndAdd() {
            window.addPlain(NOW);
        }

        @Actor
        public void marks() {
            window.mark(NOW);
        }

        @Actor
        public void adds() {
            window.addPlain(NOW);
        }

        @Arbiter
        public void after(II_Result r) {
            long counts = window.counts(NOW);
            r.r1 = OutcomeWindow.calls(counts);
            r.r2 = OutcomeWindow.marked(counts);
        }
    }

    @JCStressTest
    @Description("Two successes replace failures in a ring of three that holds nothing else, then a third one. "
            + "Result: calls; failures among them.")
    @Outcome(id = "3, 0", expect = ACCEPTABLE, desc = "each has its place")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "PLACE_LOST: who took off a mark wrote over somebody's place")
    @State
    public static class RingOfMarks {
        private final CountWindow window = new CountWindow(3);

        public RingOfMarks() {
            for (int i = 0; i < 3; i++) {
                window.addMarked(NOW);
            }
        }

        @Actor
        public void one() {
            window.addPlain(NOW);
        }

        @Actor
        public void other() {
            window.addPlain(NOW);
        }

        @Arbiter
        public void after(II_Result r) {
            window.addPlain(NOW);
            long counts = window.counts(NOW);
            r.r1 = OutcomeWindow.calls(counts);
            r.r2 = OutcomeWindow.marked(counts);
        }
    }
}
