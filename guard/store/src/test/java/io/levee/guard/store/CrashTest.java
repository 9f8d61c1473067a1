package io.levee.guard.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.TimeRange;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guard that is killed under load has counted, after its restart, what it acknowledged; and what is sent again once. */
class CrashTest {
    private final Random random = new Random();

    @TempDir
    private Path folder;

    @Test
    void whatWasAcknowledgedSurvivesAKill() throws Exception {
        rounds(folder.toString(), StoreSettings.folder(folder), 3);
    }

    @Test
    void whatWasAcknowledgedSurvivesAKillOnPostgres() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().start()) {
            String url = server.getJdbcUrl("postgres", "postgres");
            rounds(url, StoreSettings.postgres(url, null, null), 2);
        }
    }

    @Test
    @Tag("full")
    void whatWasAcknowledgedSurvivesAHundredKills() throws Exception {
        rounds(folder.toString(), StoreSettings.folder(folder), 100);
    }

    private void rounds(String place, StoreSettings settings, int rounds) throws Exception {
        int first = 0;
        for (int round = 0; round < rounds; round++) {
            Set<Integer> sent = new HashSet<>();
            Set<Integer> acknowledged = new HashSet<>();
            killUnderLoad(place, first, 20 + random.nextInt(150), sent, acknowledged);
            try (Store store = CrashProgram.open(settings, new Samples.Clock())) {
                long before = total(store).total();
                assertThat(before % CrashProgram.EVENTS)
                        .as("whole batches only")
                        .isZero();
                assertThat(before)
                        .as("round %d: all acknowledged batches, and no more than were sent", round)
                        .isBetween(
                                (long) CrashProgram.EVENTS * (first + acknowledged.size()),
                                (long) CrashProgram.EVENTS * (first + sent.size()));
                // The client does not know what became of what was not acknowledged, and sends it again; some more,
                // too.
                for (int batch : sent) {
                    store.append(CrashProgram.batch(batch), "batch-" + batch);
                }
                first += sent.size();
                assertThat(total(store)).isEqualTo(new Counts((CrashProgram.EVENTS - 1L) * first, first, 0));
            }
        }
    }

    private static Counts total(Store store) {
        return store.counts("orders")
                .counts(new TimeRange(Samples.NOW.minus(Duration.ofDays(28)), Samples.NOW.plusSeconds(60)));
    }

    private static void killUnderLoad(String place, int first, int after, Set<Integer> sent, Set<Integer> acknowledged)
            throws Exception {
        Process guard = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashProgram.class.getName(),
                        place,
                        Integer.toString(first)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(guard.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                int batch = Integer.parseInt(line.substring(line.indexOf(' ') + 1));
                (line.startsWith("sent") ? sent : acknowledged).add(batch);
                if (acknowledged.size() == after) {
                    // By its handle: Process.destroyForcibly() closes our end of the pipe too, and with it goes what
                    // was sent last.
                    guard.toHandle().destroyForcibly();
                }
            }
        } catch (IOException ignored) {
            // The pipe of a killed process may break instead of ending.
        } finally {
            guard.destroyForcibly().waitFor();
        }
        assertThat(acknowledged.size()).isGreaterThanOrEqualTo(after);
    }
}
