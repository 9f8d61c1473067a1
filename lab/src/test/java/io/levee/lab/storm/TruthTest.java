package io.levee.lab.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.levee.Levee;
import io.levee.Protection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a simulation predicts happens: the same scenario file, simulated and with real processes on loopback. */
class TruthTest {
    private static final double BOUND = 0.10;
    /** Calls that are made later than that are not those of the scenario: such a run is worth another one. */
    private static final double MOST_LATE_MILLIS = 50;

    private static final double NOBODY = 0.01;
    private static final int TRIES = 3;
    private static final long SEED = 1;

    private static final Function<Scenario, Levee.Builder> DEFAULTS = scenario ->
            Levee.named("inventory").deadline(scenario.deadline()).attemptTimeout(scenario.attemptTimeout());
    private static final Function<Scenario, Levee.Builder> UNPROTECTED =
            scenario -> DEFAULTS.apply(scenario).protection(Protection.none());

    private record Row(String scenario, ClientResult simulated, RealStorm.Measured measured) {
        static double difference(double real, double predicted) {
            return real / predicted - 1;
        }

        /** Calls that came in the measured time and succeeded in time. */
        double goodputDifference() {
            return difference(measured.result().succeeded(), simulated.succeeded());
        }

        /** The same of all calls of the run: before, in and after the fault. */
        double wholeDifference() {
            return difference(whole(measured.result()), whole(simulated));
        }

        static int whole(ClientResult result) {
            return Arrays.stream(result.series().succeeded()).sum();
        }

        double amplificationDifference() {
            return difference(measured.result().amplification(), simulated.amplification());
        }

        String line() {
            ClientResult real = measured.result();
            return String.format(
                    Locale.ROOT,
                    "| `%s` | `%s` | %.3f, %.3f | %+.1f %% | %d, %d | %s | %d, %d | %+.1f %% | %.0f, %.0f | %.0f, %.0f | %.1f |",
                    scenario,
                    simulated.client(),
                    simulated.amplification(),
                    real.amplification(),
                    100 * amplificationDifference(),
                    simulated.succeeded(),
                    real.succeeded(),
                    servesNobody() ? "" : String.format(Locale.ROOT, "%+.1f %%", 100 * goodputDifference()),
                    whole(simulated),
                    whole(real),
                    100 * wholeDifference(),
                    simulated.p50Ms(),
                    real.p50Ms(),
                    simulated.p99Ms(),
                    real.p99Ms(),
                    measured.lateMillis());
        }

        /** A difference for which a machine that was too busy to make the calls in time may be the reason. */
        boolean isDisturbed() {
            double most = Math.max(Math.abs(amplificationDifference()), Math.abs(wholeDifference()));
            if (!servesNobody()) {
                most = Math.max(most, Math.abs(goodputDifference()));
            }
            return most > BOUND && measured.lateMillis() > MOST_LATE_MILLIS;
        }

        /** Nothing of nothing is no percentage: then the real service must serve nobody either. */
        boolean servesNobody() {
            return simulated.successRate() < NOBODY;
        }
    }

    private static Path file(String name) throws Exception {
        return Path.of(Objects.requireNonNull(TruthTest.class.getResource("truth/" + name + ".yaml"), name)
                .toURI());
    }

    private static Row row(String name, StormClient client, Function<Scenario, Levee.Builder> policy) throws Exception {
        Path file = file(name);
        ClientResult simulated = Storm.run(ScenarioFile.load(file), List.of(client), SEED, share -> {})
                .clients()
                .get(0);
        Row row = null;
        for (int i = 0; i < TRIES && (row == null || row.isDisturbed()); i++) {
            try (RealStorm storm = RealStorm.start(file, SEED)) {
                row = new Row(name, simulated, storm.run(client.name(), policy));
            }
        }
        return Objects.requireNonNull(row);
    }

    /** The table that docs/lab.md shows. */
    @Test
    @Tag("full")
    void realProcessesDoWhatTheSimulationSays() throws Exception {
        List<Row> rows = new ArrayList<>();
        for (String name : List.of("down", "transient", "brownout")) {
            rows.add(row(name, StormClient.levee(), DEFAULTS));
            rows.add(row(name, StormClient.unprotected(), UNPROTECTED));
        }
        System.out.println(
                "| scenario | client | attempts/call | | in time, measured time | | in time, whole run | | p50 ms"
                        + " | p99 ms | calls late, p99 ms |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        rows.forEach(row -> System.out.println(row.line()));

        SoftAssertions all = new SoftAssertions();
        for (Row row : rows) {
            all.assertThat(row.amplificationDifference())
                    .as("amplification: %s", row.line())
                    .isCloseTo(0, within(BOUND));
            if (row.servesNobody()) {
                all.assertThat(row.measured().result().successRate())
                        .as("goodput: %s", row.line())
                        .isLessThan(NOBODY);
            } else {
                all.assertThat(row.goodputDifference())
                        .as("goodput: %s", row.line())
                        .isCloseTo(0, within(BOUND));
            }
            all.assertThat(row.wholeDifference())
                    .as("goodput of the whole run: %s", row.line())
                    .isCloseTo(0, within(BOUND));
        }
        all.assertAll();
    }

    /** In short, so that each build shows that the two can be compared at all. What hangs on time has room here. */
    @Test
    void aShortOutageCostsWhatTheSimulationSays() throws Exception {
        Row row = row("short", StormClient.levee(), DEFAULTS);

        assertThat(row.measured().result().calls()).isEqualTo(row.simulated().calls());
        assertThat(row.amplificationDifference()).as(row.line()).isCloseTo(0, within(2 * BOUND));
        assertThat(row.goodputDifference()).as(row.line()).isCloseTo(0, within(2 * BOUND));
    }
}
