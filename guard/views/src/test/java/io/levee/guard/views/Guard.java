package io.levee.guard.views;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.OpenSloFile;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import io.levee.guard.store.Tracked;
import io.levee.guard.web.Role;
import io.levee.guard.web.Tokens;
import io.levee.guard.web.WebServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The views on a real store behind a real web server, at a time that the test sets. */
final class Guard implements AutoCloseable {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final Path folder;
    private volatile Instant now;
    final Store store;
    final Views views;
    private final WebServer server;
    final Catalog catalog;
    private final List<Event> pending = new ArrayList<>();

    Guard(Instant now, ViewSettings settings, String... documents) {
        this.now = now;
        List<OpenSloFile> files = new ArrayList<>();
        for (String document : documents) {
            files.add(OpenSloFile.parse("slo-" + files.size() + ".yaml", document));
        }
        catalog = Catalog.of(files);
        try {
            folder = Files.createTempDirectory("levee-views");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        store = Stores.open(StoreSettings.folder(folder).clock(() -> this.now));
        List<Tracked> tracked = new ArrayList<>();
        for (Slo slo : catalog.slos()) {
            if (!slo.isComposite()) {
                tracked.add(new Tracked(slo.name(), slo.matcher(catalog.sli(slo))));
            }
        }
        store.track(tracked);
        views = new Views(() -> catalog, store, () -> this.now, settings);
        server = WebServer.with(token -> new Tokens.Principal("tests", Role.valueOf(token)))
                .build();
        views.addTo(server.routes());
        server.start();
    }

    void now(String instant) {
        now = Instant.parse(instant);
    }

    Instant now() {
        return now;
    }

    URI uri() {
        return server.uri();
    }

    Watched watched(String name) {
        return Watched.find(catalog, name);
    }

    /** The views of a second guard on the same store. */
    Views others() {
        return new Views(() -> catalog, store, () -> now, ViewSettings.DEFAULT);
    }

    /** So many events of each kind in the minute. */
    Guard minute(String service, Instant minute, int good, int bad, int degraded) {
        add(service, minute, Event.Outcome.GOOD, good);
        add(service, minute, Event.Outcome.BAD, bad);
        return add(service, minute, Event.Outcome.DEGRADED, degraded);
    }

    /** The same in each minute of a time. */
    Guard minutes(String service, String from, String to, Duration each, int good, int bad, int degraded) {
        for (Instant at = Instant.parse(from); at.isBefore(Instant.parse(to)); at = at.plus(each)) {
            minute(service, at, good, bad, degraded);
        }
        return this;
    }

    private Guard add(String service, Instant minute, Event.Outcome outcome, int count) {
        for (int i = 0; i < count; i++) {
            event(service, minute.plusMillis(i % 60_000), outcome, null, 1, false);
        }
        return this;
    }

    Guard event(String service, Instant at, Event.Outcome outcome, String trace, int attempts, boolean saved) {
        pending.add(new Event(
                null,
                at,
                service,
                null,
                null,
                outcome,
                "1.0",
                Environment.PRODUCTION,
                null,
                trace,
                null,
                attempts,
                saved,
                12L));
        if (pending.size() >= 50_000) {
            flush();
        }
        return this;
    }

    Guard flush() {
        store.append(List.copyOf(pending));
        pending.clear();
        return this;
    }

    JsonNode get(String path) {
        HttpResponse<String> answer = send("GET", path, "VIEWER", null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return MAPPER.readTree(answer.body());
    }

    HttpResponse<String> send(String method, String path, String role, String body) {
        HttpRequest.BodyPublisher publisher =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        HttpRequest request = HttpRequest.newBuilder(server.uri().resolve(path))
                .method(method, publisher)
                .header("Authorization", "Bearer " + role)
                .header("Content-Type", "application/json")
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

    @Override
    public void close() {
        server.close();
        store.close();
        try (java.util.stream.Stream<Path> files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
