package io.levee.guard.server;

import io.levee.guard.server.github.GithubSettings;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A guard with one objective on a free port, its clock, and whoever asks it. */
final class TestGuard implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-25T10:30:30Z");
    static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static final String SLO = """
            apiVersion: openslo/v1
            kind: SLO
            metadata:
              name: NAME
              annotations:
                levee.io/gate: '{minimumEvents: 10}'
            spec:
              service: shop
              indicator:
                metadata: {name: order-success}
                spec:
                  ratioMetric:
                    counter: true
                    good: {metricSource: {type: levee, spec: {}}}
                    total: {metricSource: {type: levee, spec: {}}}
              timeWindow: [{duration: 28d, isRolling: true}]
              budgetingMethod: Occurrences
              objectives: [{target: 0.9995}]
            """;

    private final HttpClient client = HttpClient.newHttpClient();
    final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    final Path slos;
    final Store store;
    final Guard guard;
    final Map<String, String> tokens = new LinkedHashMap<>();

    TestGuard(Path folder) throws Exception {
        this(folder, null);
    }

    TestGuard(Path folder, GithubSettings github) throws Exception {
        slos = Files.createDirectories(folder.resolve("slo"));
        write("order-submit", SLO.replace("NAME", "order-submit"));
        StoreSettings place = StoreSettings.folder(folder.resolve("data")).clock(now::get);
        store = Stores.open(place);
        GuardSettings settings = new GuardSettings(slos, place).port(0).clock(now::get);
        guard = Guard.start(github == null ? settings : settings.github(github), store);
        tokens.put("admin", guard.firstToken());
        for (String role : List.of("ingest", "viewer", "release", "lead")) {
            JsonNode made =
                    json(post("/api/v1/tokens", "{\"name\":\"" + role + "-1\",\"role\":\"" + role + "\"}", "admin"));
            tokens.put(role, made.path("token").asString());
        }
    }

    void write(String name, String text) throws IOException {
        Files.writeString(slos.resolve(name + ".yaml"), text);
    }

    /** A folder of documents that are about {@code order-submit} alone. */
    static Path documents(Path folder) throws IOException {
        Path slos = Files.createDirectory(folder.resolve("slo"));
        Files.writeString(slos.resolve("order-submit.yaml"), slo("order-submit"));
        return slos;
    }

    static String slo(String name) {
        return SLO.replace("NAME", name);
    }

    /** So many events of a release, the bad ones first, over the ten minutes before now. */
    void feed(int total, int bad, Environment environment, String release, Event.Side side) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < total; i++) {
            events.add(new Event(
                    release + environment + i,
                    NOW.minusSeconds(60 + i % 600),
                    "shop",
                    null,
                    null,
                    i < bad ? Event.Outcome.BAD : Event.Outcome.GOOD,
                    release,
                    environment,
                    side,
                    i < bad ? "4bf92f3577b34da6a3ce929d0e0e" + String.format("%04x", i) : null,
                    null,
                    1,
                    false,
                    null));
        }
        store.append(events);
    }

    HttpResponse<String> get(String path, String role) throws Exception {
        return send(request(path, role).GET());
    }

    HttpResponse<String> post(String path, String body, String role) throws Exception {
        return send(
                request(path, role).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> post(URI guard, String path, String body, String role) throws Exception {
        return send(request(guard, path, role).POST(BodyPublishers.ofString(body)));
    }

    HttpRequest.Builder request(String path, String role) {
        return request(guard.uri(), path, role);
    }

    private HttpRequest.Builder request(URI guard, String path, String role) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(guard + path)).timeout(Duration.ofSeconds(20));
        return role == null ? request : request.header("Authorization", "Bearer " + tokens.get(role));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static JsonNode json(HttpResponse<String> answer) {
        return MAPPER.readTree(answer.body());
    }

    JsonNode check(String environment, String release) throws Exception {
        return json(post(
                "/api/v1/gate/check",
                "{\"slo\":\"order-submit\",\"environment\":\"" + environment + "\",\"release\":\"" + release + "\"}",
                "release"));
    }

    @Override
    public void close() {
        guard.close();
    }
}
