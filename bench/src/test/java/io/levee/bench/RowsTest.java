package io.levee.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Method;
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
                .flatMap(row -> benchmarks(row)
                        .map(method ->
                                DynamicTest.dynamicTest(row.id + ", " + method.getName(), () -> answers(row, method))));
    }

    private static void answers(Row row, Method benchmark) throws Exception {
        Object state = row.benchmarks.getConstructor().newInstance();
        try {
            for (int call = 0; call < CALLS; call++) {
                Object answer = benchmark.invoke(state);
                assertThat(answer).isNotNull();
                switch (row) {
                    case BREAKER_OPEN -> assertThat(answer).isEqualTo(false);
                    case BREAKER_THROWS -> assertThat(answer).isInstanceOf(Exception.class);
                    case LIMITER, LIMITER_NOW -> assertThat(answer).isEqualTo(true);
                    default -> assertThat(answer).isNotInstanceOf(Throwable.class);
                }
            }
        } finally {
            for (Method method : row.benchmarks.getMethods()) {
                if (method.isAnnotationPresent(TearDown.class)) {
                    method.invoke(state);
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
                "17");

        assertThat(results.json())
                .contains("{\"row\":\"retry\",\"peer\":\"levee\",\"nsPerOp\":5.000,\"errorNs\":0.500,"
                        + "\"wallNsPerOp\":5.000,\"bytesPerOp\":0.010,\"ratioToFloor\":1.250,\"ratioToLevee\":1.000}")
                .contains(
                        "\"goal\":\"at most 1.5 x the hand-written code\",\"value\":1.250,\"limit\":1.500,\"met\":true")
                .endsWith("\"jdk\":\"17\"}" + System.lineSeparator());
        assertThat(results.table()).contains("met     allocates nothing").doesNotContain("NOT MET");
        assertThat(results.markdown())
                .contains("| retry, the first attempt succeeds | 4.00 / 0 | 5.00 / 0 | - | 100 / 400 | - | - |");
    }

    @Test
    void aGoalThatIsMissedOrCannotBeJudgedIsNotMet() {
        Figure slow = new Figure(Row.RETRY, "levee", 9, 0, 9, 16);
        Figure floor = new Figure(Row.RETRY, "hand", 4, 0, 4, 0);

        assertThat(new Results(List.of(slow, floor), "17").table().split("NOT MET"))
                .hasSize(3);
        assertThat(new Results(List.of(slow), "17").json())
                .contains("\"value\":null")
                .doesNotContain("\"met\":true");
    }

    @Test
    void anUnknownRowIsNamedWithThoseThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Row.of("retries"))
                .withMessageContaining("retries")
                .withMessageContaining("retry-1");
    }
}
