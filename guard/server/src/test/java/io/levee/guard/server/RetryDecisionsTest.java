package io.levee.guard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.guard.exporter.ExporterState;
import io.levee.guard.exporter.GuardExporter;
import io.levee.guard.store.StoreSettings;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a real Levee decided on its retries, through the exporter into a real guard, up to what a pin on the curve opens. */
class RetryDecisionsTest {
    private static final int CALLS = 60;

    @TempDir
    private Path folder;

    @Test
    void aPinOpensTheDecisionRecordsOfTheRetriesInIt() throws Exception {
        Instant began = Instant.now();
        try (TestGuard guard = new TestGuard(folder)) {
            ExporterState state = calls(guard);
            assertThat(state.sent()).isEqualTo(CALLS);
            assertThat(state.dropped() + state.refused()).isZero();
            check(guard, began);
        }
        // They were acknowledged, so they are there after a restart.
        StoreSettings place = StoreSettings.folder(folder.resolve("data"));
        try (var store = io.levee.guard.store.Stores.open(place)) {
            var range = new io.levee.guard.slo.TimeRange(
                    began.minus(Duration.ofMinutes(1)), Instant.now().plus(Duration.ofMinutes(1)));
            assertThat(store.decisions("order-submit", range, 100)).isNotEmpty();
            assertThat(store.traces("order-submit", range, 100)).isEmpty();
        }
    }

    private static ExporterState calls(TestGuard guard) {
        GuardExporter exporter = GuardExporter.to(guard.guard.uri())
                .token(guard.tokens.get("ingest"))
                .release("2026.11.3")
                .start();
        try (exporter;
                Levee shop = Levee.named("shop")
                        .retry(RetryPolicy.exponential(Duration.ofMillis(1)).attempts(3))
                        .telemetry(exporter)
                        .build()) {
            for (int i = 0; i < CALLS; i++) {
                // The guard's clock is the test's; an event must not be five minutes later.
                guard.now.set(Instant.now());
                assertThat(catchThrowable(() -> shop.call(attempt -> {
                            throw new ConnectException("refused");
                        })))
                        .isInstanceOf(ConnectException.class);
            }
        }
        return exporter.state();
    }

    private static void check(TestGuard guard, Instant began) throws Exception {
        guard.now.set(Instant.now().plusSeconds(2));
        JsonNode curve = TestGuard.json(guard.get("/api/v1/slos/order-submit/curve", "viewer"));
        JsonNode pin = curve.path("incidents").path(0);
        assertThat(pin.path("bad").asInt())
                .as(curve.path("incidents").toString())
                .isEqualTo(CALLS);
        JsonNode incident = TestGuard.json(guard.get(
                "/api/v1/slos/order-submit/incidents/" + pin.path("id").asString(), "viewer"));
        JsonNode decisions = incident.path("decisions");
        assertThat(decisions.size())
                .as(incident.toString())
                .isBetween(5, 5 * incident.path("minutes").size());
        for (JsonNode decision : decisions) {
            assertThat(decision.path("text").asString()).startsWith("shop").contains("[rule connect");
            assertThat(decision.path("rule").asString()).isEqualTo("connect");
            assertThat(Instant.parse(decision.path("t").asString())).isBetween(began.minusMillis(1), Instant.now());
            assertThat(decision.has("traceId")).isTrue();
        }
        assertThat(decisions.get(0).path("text").asString()).contains("retry after attempt 0");
        // The records are some of these.
        assertThat(incident.path("retries").asInt()).isGreaterThan(10);
    }
}
