package io.levee.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.TearDown;

/** Every benchmark runs and answers; how fast it is, is no business of a test. */
class RowsTest {
    /** Four runs of 256 and some: each class of body has had its turn, and each row has answered more than once. */
    private static final int CALLS = 1_030;

    @TestFactory
    Stream<DynamicTest> everyBenchmarkAnswers() {
        return Arrays.stream(Row.values())
                .filter(row -> row.threads == 1) // those on two are the same benchmarks
                .flatMap(row -> benchmarks(row)
                        .map(method ->
                                DynamicTest.dynamicTest(row.id + ", " + method.getName(), () -> answers(row, method))));
    }

    private static void answers(Row row, Method benchmark) throws Exception {
        List<Object> states =
                new ArrayList<>(List.of(row.benchmarks.getConstructor().newInstance()));
        try {
            for (Class<?> state : benchmark.getParameterTypes()) {
                states.add(state.getConstructor().newInstance());
            }
            Object[] arguments = states.subList(1, states.size()).toArray();
            for (int call = 0; call < CALLS; call++) {
                Object answer = benchmark.invoke(states.get(0), arguments);
                assertThat(answer).isNotNull();
                switch (row) {
                    case BREAKER_OPEN -> assertThat(answer).isEqualTo(false);
                    case BREAKER_THROWS, LIMITER_THROWS, BULKHEAD_THROWS, BUDGET_EMPTY ->
                        assertThat(answer).isInstanceOf(Exception.class);
                    case LIMITER, LIMITER_NOW, BULKHEAD, TIMER, THROTTLE, CONCURRENCY_LIMIT ->
                        assertThat(answer).isEqualTo(true);
                    default -> assertThat(answer).isNotInstanceOf(Throwable.class);
                }
            }
        } finally {
            for (Object state : states) {
                for (Method method : state.getClass().getMethods()) {
                    if (method.isAnnotationPresent(TearDown.class)) {
                        method.invoke(state);
                    }
                }
            }
        }
    }

    private static Stream<Method> benchmarks(Row row) {
        return Arrays.stream(row.benchmarks.getMethods()).filter(method -> method.isAnnotationPresent(Benchmark.class));
    }

    @Test
    void everyRowHasAFloorAndLevee() {
        for (Row row : Row.values()) {
            assertThat(benchmarks(row).map(Method::getName)).as(row.id).contains(Figure.FLOOR, Figure.OURS);
        }
    }

    @Test
    void figuresBecomeATableAGoalAndJson() {
        Results results = new Results(
                List.of(
                        new Figure(Row.RETRY, "failsafe", 100, 5, 101, 400),
                        new Figure(Row.RETRY, "levee", 5, 0.5, 5, 0.01),
                        new Figure(Row.RETRY, "hand", 4, 0.1, 4, 0)),
                List.of(),
                "17");

        assertThat(results.json())
                .contains("{\"row\":\"retry\",\"peer\":\"levee\",\"threads\":1,\"nsPerOp\":5.000,\"errorNs\":0.500,"
                        + "\"wallNsPerOp\":5.000,\"bytesPerOp\":0.010,\"opsPerMicrosecond\":200.000,"
                        + "\"speedup\":1.000,\"ratioToFloor\":1.250,\"ratioToLevee\":1.000}")
                .contains(
                        "\"goal\":\"at most 1.5 x the hand-written code\",\"value\":1.250,\"limit\":1.500,\"met\":true")
                .endsWith("\"jdk\":\"17\"}" + System.lineSeparator());
        assertThat(results.table()).contains("met     allocates nothing").doesNotContain("NOT MET");
        assertThat(results.markdown())
                .contains("| retry, the first attempt succeeds | 4.00 / 0 | 5.00 / 0 | 100 / 400 |");
    }

    @Test
    void aGoalThatIsMissedOrCannotBeJudgedIsNotMet() {
        Figure slow = new Figure(Row.RETRY, "levee", 9, 0, 9, 16);
        Figure floor = new Figure(Row.RETRY, "hand", 4, 0, 4, 0);

        assertThat(new Results(List.of(slow, floor), List.of(), "17").table().split("NOT MET"))
                .hasSize(3);
        assertThat(new Results(List.of(slow), List.of(), "17").json())
                .contains("\"value\":null")
                .doesNotContain("\"met\":true");
    }

    @Test
    void aGoalThatEvenTheHandWrittenCodeMissesIsMarked() {
        Figure slow = new Figure(Row.LIMITER, "levee", 36, 0, 36, 0);

        assertThat(new Results(List.of(slow, new Figure(Row.LIMITER, "hand", 33.6, 0, 33.6, 0)), List.of(), "17"))
                .satisfies(results -> assertThat(results.markdown())
                        .contains("| at most 30 ns | 36.0 | **not met**, nor by the hand-written code: 33.6 |"))
                .satisfies(results -> assertThat(results.json()).contains("\"met\":false,\"floorMissesToo\":true"));
        assertThat(new Results(List.of(slow, new Figure(Row.LIMITER, "hand", 29, 0, 29, 0)), List.of(), "17")
                        .markdown())
                .contains("| at most 30 ns | 36.0 | **not met** |");
    }

    @Test
    void whatTwoThreadsGetDoneIsJudgedByWhatOneDoes() {
        Figure alone = new Figure(Row.EVERYTHING, "levee", 60, 0, 60, 0);
        Figure quicker = new Figure(Row.EVERYTHING_2, "levee", 70, 0, 74, 0);
        Figure slower = new Figure(Row.EVERYTHING_2, "levee", 80, 0, 80, 0);

        assertThat(new Results(List.of(alone, quicker), List.of(), "17").json())
                .contains("\"opsPerMicrosecond\":27.027,\"speedup\":1.622")
                .contains("\"value\":1.622,\"limit\":1.600,\"met\":true");
        assertThat(new Results(List.of(alone, slower), List.of(), "17").json())
                .contains("\"value\":1.500,\"limit\":1.600,\"met\":false");
        assertThat(new Results(List.of(quicker), List.of(), "17").json()).contains("\"value\":null,\"limit\":1.600");
    }

    @Test
    void factsAreJudgedByLeveesAlone() {
        Results results = new Results(
                List.of(),
                List.of(
                        new Fact(Fact.Kind.PENDING_BYTES, "levee", 40),
                        new Fact(Fact.Kind.PENDING_BYTES, "netty", 88),
                        new Fact(Fact.Kind.CANCELLED_HELD, "levee", 1)),
                "17");

        assertThat(results.json())
                .contains("{\"fact\":\"pending-bytes\",\"peer\":\"netty\",\"value\":88.000,\"unit\":\"B\","
                        + "\"ratioToLevee\":2.200}")
                .contains("{\"row\":\"pending-bytes\",\"goal\":\"at most 64 B\",\"value\":40.000,\"limit\":64.000,"
                        + "\"met\":true,\"floorMissesToo\":false}")
                .contains("{\"row\":\"cancelled-held\",\"goal\":\"none\",\"value\":1.000,\"limit\":0.000,"
                        + "\"met\":false,\"floorMissesToo\":false}");
        assertThat(results.markdown()).contains("| a pending wait retains, of 1,000,000, B | 40.0 | 88.0 |");
    }

    @Test
    void anUnknownRowIsNamedWithThoseThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Row.of("retries"))
                .withMessageContaining("retries")
                .withMessageContaining("retry-1");
    }
}
