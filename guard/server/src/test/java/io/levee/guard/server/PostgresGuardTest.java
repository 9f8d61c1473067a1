package io.levee.guard.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.store.StoreSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The whole guard on a real PostgreSQL, from its first start to one after. */
@Timeout(180)
class PostgresGuardTest {
    private static final int SPANS = 20;
    private static final int BAD_SPANS = 1;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Instant now = Instant.now();

    @TempDir
    private Path folder;

    private Path slos;

    @BeforeEach
    void documents() throws Exception {
        slos = TestGuard.documents(folder);
    }

    private Guard start(EmbeddedPostgres server) {
        StoreSettings place = StoreSettings.postgres(server.getJdbcUrl("postgres", "postgres"), null, null);
        return Guard.start(new GuardSettings(slos, place).port(0));
    }

    private HttpRequest.Builder request(URI guard, String path, String token) {
        return HttpRequest.newBuilder(guard.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + token);
    }

    private JsonNode get(Guard guard, String path, String token) throws Exception {
        return TestGuard.json(
                client.send(request(guard.uri(), path, token).GET().build(), BodyHandlers.ofString()));
    }

    private JsonNode post(Guard guard, String path, String body, String token) throws Exception {
        HttpResponse<String> answer = client.send(
                request(guard.uri(), path, token)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return TestGuard.json(answer);
    }

    private String issue(Guard guard, String role, String admin) throws Exception {
        return post(guard, "/api/v1/tokens", "{\"name\":\"" + role + "-1\",\"role\":\"" + role + "\"}", admin)
                .path("token")
                .asString();
    }

    private String events(String release, String environment, String side, int total, int bad) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < total; i++) {
            lines.append("{\"time\":\"")
                    .append(now.minusSeconds(60 + i % 600))
                    .append("\",\"service\":\"shop\",\"environment\":\"")
                    .append(environment)
                    .append("\",\"side\":\"")
                    .append(side)
                    .append("\",\"release\":\"")
                    .append(release)
                    .append("\",\"outcome\":\"")
                    .append(i < bad ? "bad" : "good")
                    .append("\"}\n");
        }
        return lines.toString();
    }

    private String decision(Guard guard, String release, String token) throws Exception {
        return post(
                        guard,
                        "/api/v1/gate/check",
                        "{\"slo\":\"order-submit\",\"environment\":\"canary\",\"release\":\"" + release + "\"}",
                        token)
                .path("decision")
                .asString();
    }

    private void figures(Guard guard, String token, long total, long bad) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode slo = get(guard, "/api/v1/slos/order-submit", token);
            assertThat(List.of(slo.path("total").asLong(), slo.path("bad").asLong()))
                    .containsExactly(total, bad);
        });
    }

    @Test
    void takesInEventsDecidesAndKnowsAllOfItAfterARestart() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().start()) {
            String admin;
            String release;
            String ingest;
            try (Guard guard = start(server)) {
                admin = guard.firstToken();
                ingest = issue(guard, "ingest", admin);
                release = issue(guard, "release", admin);
                post(guard, "/api/v1/events", events("r1", "production", "stable", 10_000, 0), ingest);
                post(guard, "/api/v1/events", events("r2", "canary", "canary", 100, 5), ingest);
                post(guard, "/api/v1/events", events("r3", "canary", "canary", 100, 0), ingest);
                String spans = new OtlpBody("shop", "r1", null, null)
                        .served(1, now, SPANS, BAD_SPANS)
                        .toString();
                post(guard, "/v1/traces", spans, ingest);
                figures(guard, release, 10_200 + SPANS, 5 + BAD_SPANS);
                assertThat(decision(guard, "r2", release)).isEqualTo("abort");
                assertThat(decision(guard, "r3", release)).isEqualTo("pass");
                assertThat(get(guard, "/readyz", release).path("leads").asBoolean())
                        .isTrue();

                // Whoever owns the database needs no token, and no restart.
                try (GuardData data =
                        GuardData.open(StoreSettings.postgres(server.getJdbcUrl("postgres", "postgres"), null, null))) {
                    GuardData.Admin recovered = data.resetAdmin(true);
                    assertThat(recovered.revoked()).containsExactly("first-admin");
                    Awaitility.await()
                            .atMost(PATIENCE)
                            .until(() -> get(guard, "/api/v1/tokens", recovered.token())
                                    .has("tokens"));
                    String revoked = admin;
                    Awaitility.await()
                            .atMost(PATIENCE)
                            .until(() -> get(guard, "/api/v1/tokens", revoked).has("error"));
                }
            }
            try (Guard guard = start(server)) {
                assertThat(guard.firstToken()).isNull();
                figures(guard, release, 10_200 + SPANS, 5 + BAD_SPANS);
                JsonNode decisions = get(guard, "/api/v1/gate/decisions?slo=order-submit", release)
                        .path("entries");
                assertThat(decisions.size()).isEqualTo(2);
                assertThat(decisions.get(1).path("data").path("decision").asString())
                        .isEqualTo("abort");
                assertThat(decision(guard, "r2", release)).isEqualTo("abort");
                post(guard, "/api/v1/events", events("r3", "canary", "canary", 10, 1), ingest);
                figures(guard, release, 10_210 + SPANS, 6 + BAD_SPANS);
            }
        }
    }
}
