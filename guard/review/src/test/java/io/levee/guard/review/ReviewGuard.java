package io.levee.guard.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.OpenSloFile;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import io.levee.guard.store.Tracked;
import io.levee.guard.web.Role;
import io.levee.guard.web.Tokens;
import io.levee.guard.web.WebServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A review on a real store behind a real web server, at a time that the test sets. A token is its name and its role. */
final class ReviewGuard implements AutoCloseable {
    static final String SLO = """
            apiVersion: openslo/v1
            kind: SLO
            metadata:
              name: order-submit # the one that pays
              annotations:
                levee.io/minimum-bad: "5"
            spec:
              service: shop
              indicator:
                metadata:
                  name: order-submit-good
                spec:
                  ratioMetric:
                    counter: true
                    good:
                      metricSource:
                        type: levee
                        spec: {}
                    total:
                      metricSource:
                        type: levee
                        spec: {}
              timeWindow:
                - duration: 28d
                  isRolling: true
              budgetingMethod: Occurrences
              objectives:
                - target: 0.999
            """;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private volatile Instant now;
    volatile Catalog catalog = Catalog.of(List.of(OpenSloFile.parse("slos/order.yaml", SLO)));
    final Store store;
    final Review review;
    private final WebServer server;
    private final List<Event> pending = new ArrayList<>();

    ReviewGuard(Path folder, String now) {
        this.now = Instant.parse(now);
        store = Stores.open(StoreSettings.folder(folder).clock(() -> this.now));
        List<Tracked> tracked = new ArrayList<>();
        for (Slo slo : catalog.slos()) {
            tracked.add(new Tracked(slo.name(), slo.matcher(catalog.sli(slo))));
        }
        store.track(tracked);
        review = new Review(() -> catalog, store, () -> this.now, ReviewSettings.DEFAULT);
        server = WebServer.with(token -> {
                    String[] parts = token.split(":", 2);
                    return new Tokens.Principal(parts[0], Role.valueOf(parts[1]));
                })
                .build();
        review.addTo(server.routes());
        server.start();
    }

    void now(String instant) {
        now = Instant.parse(instant);
    }

    /** So many events of each kind at the beginning of each step. */
    ReviewGuard events(String from, String to, Duration step, int good, int bad) {
        for (Instant at = Instant.parse(from); at.isBefore(Instant.parse(to)); at = at.plus(step)) {
            add(at, Event.Outcome.GOOD, good);
            add(at, Event.Outcome.BAD, bad);
        }
        store.append(List.copyOf(pending));
        pending.clear();
        return this;
    }

    private void add(Instant at, Event.Outcome outcome, int count) {
        for (int i = 0; i < count; i++) {
            pending.add(new Event(
                    null,
                    at,
                    "shop",
                    null,
                    null,
                    outcome,
                    null,
                    Environment.PRODUCTION,
                    null,
                    null,
                    null,
                    1,
                    false,
                    9L));
        }
        if (pending.size() > 20_000) {
            store.append(List.copyOf(pending));
            pending.clear();
        }
    }

    JsonNode get(String path) {
        HttpResponse<String> answer = send("GET", path, "ann:VIEWER", null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return MAPPER.readTree(answer.body());
    }

    JsonNode post(String path, String token, String body, int status) {
        HttpResponse<String> answer = send("POST", path, token, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return MAPPER.readTree(answer.body());
    }

    HttpResponse<String> send(String method, String path, String token, String body) {
        HttpRequest request = HttpRequest.newBuilder(server.uri().resolve(path))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + token)
                .build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The tickets of a November: 59 of two languages, 24 of which came in the night of the 25th. */
    static byte[] november() {
        try {
            return Files.readAllBytes(Path.of("..", "..", "docs", "examples", "tickets.csv"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.close();
        store.close();
    }
}
