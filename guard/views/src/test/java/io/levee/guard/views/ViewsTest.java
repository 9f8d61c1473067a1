package io.levee.guard.views;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levee.yaml.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The other views, from outside. */
class ViewsTest {
    @TempDir
    private Path folder;

    private final Guard guard = new Guard(
            Instant.parse("2026-11-25T12:00:30Z"),
            new ViewSettings(null, () -> List.of(new Problem("a.yaml", 3, 5, "spec.x", "is wrong")), false),
            Documents.plain("orders", "shop", "0.99"),
            Documents.plain("silent", "other \"quoted\"", "0.999"));

    @AfterEach
    void stop() {
        guard.close();
    }

    @Test
    void showsWhatHasNoDataWithItsReasonAndNulls() {
        JsonNode answer = guard.get("/api/v1/slos");
        JsonNode silent = answer.get("slos").get(1);
        assertThat(silent.get("state").asString()).isEqualTo("NO_DATA");
        assertThat(silent.get("leftPercent").isNull()).isTrue();
        assertThat(silent.get("burnRate1h").isNull()).isTrue();
        assertThat(silent.get("lastEvent").isNull()).isTrue();
        assertThat(silent.get("reason").asString()).contains("no event of service 'other \"quoted\"' has come");
        assertThat(answer.get("problems").get(0).get("field").asString()).isEqualTo("spec.x");
        assertThat(guard.get("/api/v1/slos/silent/curve")
                        .get("points")
                        .get(0)
                        .get("leftMs")
                        .isNull())
                .isTrue();
    }

    @Test
    void answersWhatTheTickFoundUntilThatIsTwoSecondsOld() {
        Instant noon = Instant.parse("2026-11-25T12:00:00Z");
        guard.minute("shop", noon, 5, 0, 0).flush();
        assertThat(total()).isEqualTo(5);
        guard.now("2026-11-25T12:00:31Z");
        guard.minute("shop", noon, 1, 0, 0).flush();
        assertThat(guard.get("/api/v1/slos").get("at").asString()).isEqualTo("2026-11-25T12:00:30Z");
        assertThat(total()).isEqualTo(5);
        guard.views.tick(guard.now());
        assertThat(total()).isEqualTo(6);
        guard.minute("shop", noon, 1, 0, 0).flush();
        guard.now("2026-11-25T12:00:32.999Z");
        assertThat(total()).isEqualTo(6);
        guard.now("2026-11-25T12:00:33Z");
        assertThat(total()).isEqualTo(7);
        guard.now("2026-11-25T12:00:32Z"); // the clock was set back
        assertThat(guard.get("/api/v1/slos").get("at").asString()).isEqualTo("2026-11-25T12:00:32Z");
    }

    private int total() {
        return guard.get("/api/v1/slos").get("slos").get(0).get("total").asInt();
    }

    @Test
    void mapsWhoSpentWhen() {
        guard.minutes("shop", "2026-11-25T10:05:00Z", "2026-11-25T12:00:00Z", Duration.ofHours(1), 98, 2, 0)
                .flush();
        JsonNode map = guard.get("/api/v1/heatmap?from=2026-11-25T09:00:00Z&to=2026-11-25T12:00:00Z&step=1h");
        JsonNode cells = map.get("rows").get(0).get("cells");
        assertThat(cells.size()).isEqualTo(3);
        assertThat(cells.get(0).isNull()).isTrue();
        // 2 of 200 events: 2,419,200,000 x 2 / 200; of 2 that may fail
        assertThat(cells.get(1).get("spentMs").asString()).isEqualTo("24192000");
        assertThat(cells.get(1).get("spentPercent").asString()).isEqualTo("100");
        assertThat(cells.get(2).get("t").asString()).isEqualTo("2026-11-25T11:00:00Z");
        assertThat(map.get("rows").get(1).get("cells").get(2).isNull()).isTrue();
    }

    @Test
    void marksReleases() {
        guard.minute("shop", Instant.parse("2026-11-25T11:00:00Z"), 5, 0, 0).flush();
        HttpResponse<String> marked = guard.send(
                "POST",
                "/api/v1/releases",
                "RELEASE",
                "{\"service\":\"shop\",\"release\":\"2.0\",\"environment\":\"production\",\"event\":\"deploy\","
                        + "\"at\":\"2026-11-25T11:30:00Z\"}");
        assertThat(marked.statusCode()).as(marked.body()).isEqualTo(201);
        assertThat(guard.get("/api/v1/slos/orders/curve").get("releases").toString())
                .contains("{\"at\":\"2026-11-25T11:30:00Z\",\"release\":\"2.0\",\"environment\":\"production\","
                        + "\"event\":\"deploy\"}");
        assertThat(guard.get("/api/v1/slos/silent/curve").get("releases").size())
                .isZero();
        assertThat(guard.send("POST", "/api/v1/releases", "VIEWER", "{}").statusCode())
                .isEqualTo(403);
        assertThat(guard.send("POST", "/api/v1/releases", "RELEASE", "{\"service\":\"shop\"}")
                        .body())
                .contains("release is missing");
    }

    @Test
    void readsTheLedgerWithoutHashesOfTokens() {
        guard.store.ledger().append("token.issued", null, "admin", Map.of("name", "ci", "hash", "abc"));
        guard.store.ledger().append("advice", "orders", "guard", Map.of("text", "pause the A/B test"));
        JsonNode entries = guard.get("/api/v1/ledger").get("entries");
        assertThat(entries.size()).isEqualTo(2);
        assertThat(entries.get(0).get("kind").asString()).isEqualTo("advice");
        assertThat(entries.get(1).get("data").toString()).isEqualTo("{\"name\":\"ci\"}");
        assertThat(guard.get("/api/v1/ledger?kind=advice&slo=orders&most=1")
                        .get("entries")
                        .size())
                .isEqualTo(1);
        assertThat(guard.get("/api/v1/slos").get("slos").get(0).get("advice").asString())
                .isEqualTo("pause the A/B test");
        guard.now("2026-11-26T12:00:31Z");
        assertThat(guard.get("/api/v1/slos").get("slos").get(0).get("advice").isNull())
                .isTrue();
    }

    @Test
    void streamsWhatChanges() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        HttpRequest request = HttpRequest.newBuilder(guard.uri().resolve("/api/v1/stream"))
                .header("Authorization", "Bearer VIEWER")
                .build();
        HttpResponse<java.io.InputStream> answer =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        Thread reader = new Thread(() -> {
            try (BufferedReader body =
                    new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
                for (String line = body.readLine(); line != null; line = body.readLine()) {
                    lines.add(line);
                }
            } catch (IOException e) {
                lines.add("end");
            }
        });
        reader.setDaemon(true);
        reader.start();
        await().until(() -> lines.stream().anyMatch(line -> line.contains("\"displayName\":\"silent\"")));
        guard.store.ledger().append("gate.report", "orders", "ci", Map.of("release", "1"));
        await().until(() -> lines.stream().anyMatch(line -> line.contains("\"kind\":\"gate.report\"")));
        guard.minute("shop", guard.now(), 5, 1, 0).flush();
        guard.now("2026-11-25T12:00:31Z");
        guard.views.tick(guard.now());
        // In full what changed, by its name what did not.
        await().until(() -> lines.stream()
                .anyMatch(line -> line.contains("\"usedEvents\":1,") && line.contains("{\"name\":\"silent\"}")));
        long told = lines.stream().filter(line -> line.equals("event: slos")).count();
        guard.now("2026-11-25T12:00:32Z");
        guard.views.tick(guard.now());
        guard.store.ledger().append("gate.report", "orders", "ci", Map.of("release", "2"));
        await().until(() -> lines.stream().anyMatch(line -> line.contains("\"release\":\"2\"")));
        assertThat(lines.stream().filter(line -> line.equals("event: slos")).count())
                .isEqualTo(told);
        answer.body().close();
    }

    @Test
    void promtoolFindsNothingWrongWithTheMetrics() throws Exception {
        guard.minutes("shop", "2026-11-25T10:05:00Z", "2026-11-25T12:00:00Z", Duration.ofHours(1), 98, 2, 0)
                .flush();
        String metrics = guard.send("GET", "/metrics", "VIEWER", null).body();
        // 2 may fail of 200 and 4 did: (2 - 4) / 2; 2,419,200,000 x 0.01 x -1
        assertThat(metrics).contains("levee_slo_budget_remaining_ratio{service=\"shop\",slo=\"orders\"} -1\n");
        assertThat(metrics).contains("levee_slo_budget_remaining_seconds{service=\"shop\",slo=\"orders\"} -24192\n");
        assertThat(metrics).contains("levee_slo_burn_rate{service=\"shop\",slo=\"orders\",over=\"1h\"} 2\n");
        assertThat(promtool(metrics)).isEmpty();
        String sloth = guard.send("GET", "/metrics/sloth", "VIEWER", null).body();
        assertThat(sloth)
                .contains("slo:period_error_budget_remaining:ratio{sloth_id=\"shop-orders\",sloth_service=\"shop\","
                        + "sloth_slo=\"orders\"} -1\n")
                .contains("slo:sli_error:ratio_rate28d{sloth_id=\"shop-orders\",sloth_service=\"shop\","
                        + "sloth_slo=\"orders\",sloth_window=\"28d\"} 0.02\n");
        // Sloth's names are those of recorded series, so the only thing to say about them is that they have colons.
        assertThat(promtool(sloth).lines()).isNotEmpty().allMatch(line -> line.contains("should not contain ':'"));
    }

    private String promtool(String metrics) throws Exception {
        Path input = folder.resolve("metrics.txt");
        Path output = folder.resolve("said.txt");
        Files.writeString(input, metrics);
        try {
            new ProcessBuilder("promtool", "check", "metrics")
                    .redirectInput(input.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start()
                    .waitFor();
        } catch (IOException missing) {
            assumeTrue(false, "SKIPPED: promtool is not installed (Debian: prometheus): " + missing.getMessage());
        }
        return Files.readString(output);
    }

    @Test
    void refusesTraceLinksThatCouldLeadAnywhere() {
        assertThat(new ViewSettings("http://tempo/{traceId}", List::of, false).traceUrl("a&b"))
                .isEqualTo("http://tempo/a%26b");
        for (String link : List.of("javascript:{traceId}", "https://jaeger/trace", "https://{traceId}/", "no link")) {
            assertThatThrownBy(() -> new ViewSettings(link, List::of, false))
                    .as(link)
                    .hasMessageContaining("write such as https://jaeger.example/trace/{traceId}");
        }
    }
}
