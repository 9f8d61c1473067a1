package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThrottleTest {
    private static final long SECOND = Nanos.PER_SECOND;
    /** At the beginning of a bucket: the default window divides into 16 of 7.5 s. */
    private static final long START = 15_000 * SECOND;

    private static final long WINDOW = 120 * SECOND;

    private static Throttle.Spec eager() {
        return Throttle.adaptive().minimumPerSecond(0);
    }

    /** A random source that shows a share of its range: 0 rejects whatever can be, just below 1 nothing that need not be. */
    private static RandomSource at(double share) {
        long bits = (long) (share * 0x1p53) << 11;
        return () -> bits;
    }

    private static void refuse(Throttle throttle, int attempts, long at) {
        for (int i = 0; i < attempts; i++) {
            throttle.onSent(at);
            throttle.onRefused(at);
        }
    }

    private static void accept(Throttle throttle, int attempts, long at) {
        for (int i = 0; i < attempts; i++) {
            throttle.onSent(at);
        }
    }

    /** The series in the class' documentation, and the same without the bound. */
    @ParameterizedTest
    @CsvSource({"1000, 0", "600, 0", "500, 0", "400, 0.2", "300, 0.4", "200, 0.6", "100, 0.8", "0, 0.9"})
    void theProbabilityIsTheBooks(int accepts, double documented) {
        Throttle throttle = eager().build(at(0));
        accept(throttle, accepts, START);
        refuse(throttle, 1_000 - accepts, START);
        double exact = Math.min(0.9, Math.max(0, (1_000 - 2.0 * accepts) / 1_001));
        assertThat(throttle.rejectionProbability(START)).isEqualTo(exact).isCloseTo(documented, within(0.001));
        assertThat(throttle.snapshot(START)).isEqualTo(new Throttle.Snapshot(1_000, accepts, exact));
    }

    @Test
    void aSmallerKRejectsEarlier() {
        Throttle throttle = eager().multiplier(1.1).build(at(0));
        accept(throttle, 800, START);
        refuse(throttle, 200, START);
        assertThat(throttle.rejectionProbability(START)).isEqualTo((1_000 - 1.1 * 800) / 1_001);
    }

    @Test
    void theRandomNumberDecidesByTheProbability() {
        double probability = (100 - 2 * 40) / 101.0;
        for (double number : new double[] {0, probability - 1e-9, probability + 1e-9, 1 - 1e-9}) {
            Throttle throttle = eager().build(at(number));
            accept(throttle, 40, START);
            refuse(throttle, 60, START);
            assertThat(throttle.tryAcquire(START)).as("at %s", number).isEqualTo(number >= probability);
        }
    }

    @Test
    void whatIsRejectedHereIsARequestAsWell() {
        Throttle throttle = eager().build(at(0));
        accept(throttle, 40, START);
        refuse(throttle, 60, START);
        assertThat(throttle.tryAcquire(START)).isFalse();
        assertThat(throttle.tryAcquire(START)).isFalse();
        assertThat(throttle.snapshot(START)).isEqualTo(new Throttle.Snapshot(102, 40, (102 - 80) / 103.0));
    }

    @Test
    void anAttemptOnItsWayCountsAsAcceptedUntilItIsRefused() {
        Throttle throttle = eager().build(at(0));
        accept(throttle, 1_000, START);
        assertThat(throttle.tryAcquire(START)).isTrue();
        for (int i = 0; i < 1_000; i++) {
            throttle.onRefused(START);
        }
        assertThat(throttle.snapshot(START + 9 * SECOND).accepts()).isZero();
        assertThat(throttle.tryAcquire(START + 9 * SECOND)).isFalse();
    }

    @Test
    void belowTheSmallRateNothingIsRejected() {
        Throttle throttle = Throttle.adaptive().build(at(0));
        refuse(throttle, 599, START);
        assertThat(throttle.tryAcquire(START)).as("599 in 120 s").isTrue();
        refuse(throttle, 1, START);
        assertThat(throttle.tryAcquire(START)).as("5 a second").isFalse();
    }

    @Test
    void aShareOfTheAttemptsAlwaysGoesOn() {
        Throttle throttle = eager().maxRejection(0.75).build(RandomSource.seeded(7));
        refuse(throttle, 10_000, START);
        int passed = 0;
        for (int i = 0; i < 10_000; i++) {
            passed += throttle.tryAcquire(START) ? 1 : 0;
        }
        assertThat(passed).isBetween(2_300, 2_700);
    }

    @Test
    void refusalsAreForgottenAfterTheWindow() {
        Throttle throttle = eager().build(at(0));
        refuse(throttle, 100, START);
        assertThat(throttle.tryAcquire(START + WINDOW - 1)).isFalse();
        throttle = eager().build(at(0));
        refuse(throttle, 100, START);
        assertThat(throttle.tryAcquire(START + WINDOW)).isTrue();
        assertThat(throttle.snapshot(START + WINDOW)).isEqualTo(new Throttle.Snapshot(0, 0, 0));
    }

    @Test
    void aRefusalThatComesAfterTheWindowIsNotCounted() {
        Throttle throttle = eager().build(at(0));
        throttle.onSent(START);
        throttle.onSent(START + WINDOW);
        throttle.onRefused(START);
        assertThat(throttle.snapshot(START + WINDOW)).isEqualTo(new Throttle.Snapshot(1, 1, 0));
    }

    /** What the throttle is for when it is over: rejections of its own must not keep it going. */
    @Test
    void onceTheDownstreamAcceptsAllAgainTheThrottleLetsGo() {
        Throttle throttle = Throttle.adaptive().build(RandomSource.seeded(1));
        long now = START;
        int sentAtTheEnd = 0;
        for (int i = 0; i < 100 * 400; i++) {
            now += SECOND / 100;
            boolean overloaded = i < 100 * 100;
            if (throttle.tryAcquire(now)) {
                throttle.onSent(now);
                if (overloaded) {
                    throttle.onRefused(now);
                }
                sentAtTheEnd += i >= 100 * 390 ? 1 : 0;
            }
        }
        assertThat(sentAtTheEnd).as("of the last 1,000").isEqualTo(1_000);
    }

    @Test
    void valuesOutOfRangeAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Throttle.adaptive().multiplier(0.9))
                .withMessage("throttle multiplier must be from 1 to 100, is 0.9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Throttle.adaptive().maxRejection(1))
                .withMessageContaining("throttle maxRejection must be more than 0 and at most 0.99");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Throttle.adaptive().maxRejection(Double.NaN));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Throttle.adaptive().window(Duration.ofMillis(999)))
                .withMessage("throttle window must be from 1 s to 3600 s, is 999 ms");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Throttle.adaptive().minimumPerSecond(-1))
                .withMessage("throttle minimumPerSecond must be from 0 to 1000, is -1");
        assertThat(Throttle.adaptive())
                .hasToString("adaptive().multiplier(2.0).window(120 s).maxRejection(0.9).minimumPerSecond(5.0)");
    }

    /** The rules, told once more over a list of all that happened. */
    private static final class Model {
        private record Request(long at, boolean[] lost) {}

        private final List<Request> requests = new ArrayList<>();

        void add(long at, boolean lost) {
            requests.add(new Request(at, new boolean[] {lost}));
        }

        Throttle.Snapshot snapshot(long now) {
            long bucket = WINDOW / 16;
            List<Request> counted = requests.stream()
                    .filter(r -> r.at / bucket > now / bucket - 16)
                    .toList();
            int all = counted.size();
            int accepts = (int) counted.stream().filter(r -> !r.lost[0]).count();
            double probability = all < 12 ? 0 : Math.min(0.9, Math.max(0, (all - 2.0 * accepts) / (all + 1)));
            return new Throttle.Snapshot(all, accepts, probability);
        }
    }

    /**
     * A step.
     *
     * @param millis how much time passes before it
     * @param refused whether the attempt, if it is sent, will be refused: at once, or 40 steps later
     * @param number the random number
     */
    record Step(int millis, boolean refused, boolean late, double number) {}

    @Provide
    Arbitrary<List<Step>> histories() {
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(100, Arbitraries.integers().between(0, 500)),
                                Tuple.of(1, Arbitraries.integers().between(0, 100_000))),
                        Arbitraries.frequency(Tuple.of(3, true), Tuple.of(1, false)),
                        Arbitraries.of(true, false),
                        Arbitraries.doubles().between(0, 0.999).ofScale(3))
                .as(Step::new)
                .list()
                .ofMinSize(100)
                .ofMaxSize(400);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void theThrottleDoesWhatTheModelDoes(@ForAll("histories") List<Step> history) {
        double[] number = new double[1];
        Throttle throttle = Throttle.adaptive().minimumPerSecond(0.1).build(() -> (long) (number[0] * 0x1p53) << 11);
        Model model = new Model();
        List<Model.Request> due = new ArrayList<>();
        boolean rejected = false;
        long now = START;
        for (Step step : history) {
            now += step.millis() * Nanos.PER_MILLI;
            number[0] = step.number();
            double probability = model.snapshot(now).rejectionProbability();
            boolean admitted = throttle.tryAcquire(now);
            // The throttle's number is what 53 bits hold of the step's: where both are equal, that decides.
            assertThat(admitted).isEqualTo((long) (step.number() * 0x1p53) * 0x1p-53 >= probability);
            model.add(now, !admitted);
            Model.Request last = model.requests.get(model.requests.size() - 1);
            if (!admitted) {
                rejected = true;
            } else {
                throttle.onSent(now);
                due.add(step.refused() ? last : null);
            }
            if (due.size() > (step.late() ? 40 : 0)) {
                Model.Request ends = due.remove(0);
                if (ends != null) {
                    throttle.onRefused(ends.at);
                    ends.lost[0] = true;
                }
            }
            assertThat(throttle.snapshot(now)).isEqualTo(model.snapshot(now));
        }
        Statistics.label("rejects")
                .collect(rejected)
                .coverage(c -> c.check(true).percentage(p -> p > 20));
    }
}
