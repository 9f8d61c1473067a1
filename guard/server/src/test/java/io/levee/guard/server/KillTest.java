package io.levee.guard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards in JVMs of their own that take in OTLP over HTTP and are killed with kill -9 while they do. */
class KillTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Random random = new Random();

    @TempDir
    private Path folder;

    private Path slos;

    @BeforeEach
    void documents() throws Exception {
        slos = TestGuard.documents(folder);
    }

    @Test
    void whatWasAcknowledgedSurvivesKillsUnderLoad() throws Exception {
        rounds(3);
    }

    @Test
    @Tag("full")
    void whatWasAcknowledgedSurvivesAHundredKillsUnderLoad() throws Exception {
        rounds(100);
    }

    private void rounds(int rounds) throws Exception {
        String place = folder.resolve("data").toString();
        String ingest = "";
        String viewer = "";
        int batches = 0;
        for (int round = 0; round < rounds; round++) {
            int number = round;
            OtlpLoad load = new OtlpLoad(batches);
            try (GuardProgram guard = GuardProgram.start(slos, place)) {
                if (round == 0) {
                    ingest = guard.issue("ingest");
                    viewer = guard.issue("viewer");
                }
                load.start(guard, ingest, 4);
                int enough = 10 + random.nextInt(60);
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(1))
                        .untilAsserted(() -> assertThat(load.acknowledged)
                                .as("round %d, pods stop at a failure: %s", number, load.lastFailure)
                                .hasSizeGreaterThanOrEqualTo(enough));
                guard.kill();
                load.stop();
            }
            try (GuardProgram guard = GuardProgram.start(slos, place)) {
                long counted = guard.total(viewer);
                assertThat(counted % OtlpLoad.SPANS).as("whole batches only").isZero();
                assertThat(counted)
                        .as("round %d: all that was acknowledged, and no more than was sent", round)
                        .isBetween(
                                (long) OtlpLoad.SPANS * batches + load.acknowledgedSpans(),
                                (long) OtlpLoad.SPANS * (batches + load.sent.size()));
                load.sendAgain(guard, ingest);
                batches += load.sent.size();
                counts(guard, viewer, (long) OtlpLoad.SPANS * batches);
                assertThat(guard.get("/api/v1/slos/order-submit", viewer)
                                .path("bad")
                                .asInt())
                        .isEqualTo(OtlpLoad.BAD * batches);
            }
        }
        System.out.printf("%d kills, %d batches%n", rounds, batches);
    }

    @Test
    void ofTwoGuardsOnOneDatabaseTheOtherTakesOverAndNothingIsLost() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().start()) {
            String url = server.getJdbcUrl("postgres", "postgres");
            try (GuardProgram first = GuardProgram.start(slos, url);
                    GuardProgram second = GuardProgram.start(slos, url)) {
                assertThat(second.token).isNull();
                assertThat(first.leads()).isTrue();
                assertThat(second.leads()).isFalse();
                String ingest = first.issue("ingest");
                String viewer = first.issue("viewer");
                await().atMost(PATIENCE)
                        .until(() -> second.get("/api/v1/slos", viewer).has("slos"));

                OtlpLoad load = new OtlpLoad(0).start(first, ingest, 2).start(second, ingest, 2);
                await().atMost(PATIENCE).until(() -> load.acknowledged.size() >= 100);
                load.stop();
                load.sendAgain(second, ingest);
                assertThat(load.acknowledged).hasSameSizeAs(load.sent);
                for (GuardProgram each : new GuardProgram[] {first, second}) {
                    counts(each, viewer, load.acknowledgedSpans());
                }

                // A failure in 20 burns 100 times as fast as allowed: the one that leads puts the incident on the
                // record.
                await().atMost(PATIENCE)
                        .until(() -> incidents(first, viewer, "order-submit") == 1
                                && incidents(second, viewer, "order-submit") == 1);

                OtlpLoad more =
                        new OtlpLoad(load.sent.size()).start(first, ingest, 2).start(second, ingest, 2);
                await().atMost(PATIENCE).until(() -> more.acknowledged.size() >= 50);
                long killed = System.nanoTime();
                first.kill();
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(second::leads);
                System.out.printf("leads %d ms after the kill%n", (System.nanoTime() - killed) / 1_000_000);
                int before = more.acknowledged.size();
                await().atMost(PATIENCE).until(() -> more.acknowledged.size() > before);
                more.stop();
                more.sendAgain(second, ingest);
                assertThat(more.acknowledged).hasSameSizeAs(more.sent);
                counts(second, viewer, load.acknowledgedSpans() + more.acknowledgedSpans());

                // Whoever leads now acts: only it puts the incident of another objective on the record.
                Files.writeString(slos.resolve("order-pay.yaml"), TestGuard.slo("order-pay"));
                await().atMost(PATIENCE)
                        .until(() ->
                                second.get("/api/v1/slos", viewer).path("slos").size() == 2);
                new OtlpLoad(load.sent.size() + more.sent.size()).send(second, ingest, 1_000_000);
                await().atMost(PATIENCE).until(() -> incidents(second, viewer, "order-pay") == 1);
            }
        }
    }

    /** Soon: figures are reckoned once a second, and another guard's events are a little later. */
    private static void counts(GuardProgram guard, String viewer, long spans) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(guard.total(viewer)).isEqualTo(spans));
    }

    private static int incidents(GuardProgram guard, String viewer, String slo) throws Exception {
        return guard.get("/api/v1/ledger?kind=incident&slo=" + slo, viewer)
                .path("entries")
                .size();
    }
}
