package io.levee.guard.browser;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.EventMatcher;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import io.levee.guard.store.Tracked;
import io.levee.guard.web.Role;
import io.levee.guard.web.Tokens;
import io.levee.guard.web.WebServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A guard's server with this room's routes, and a store in which an objective counts views and another one a path. */
final class Guarded implements AutoCloseable {
    static final String VIEWS = "shop-views";
    static final String CHECKOUT = "shop-checkout";

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    final Store store;
    final Browser browser;
    private final InstantSource time;
    private final WebServer server;

    Guarded(Path folder, String origin, InstantSource time, UnaryOperator<BrowserSettings> more) {
        this.time = time;
        store = Stores.open(StoreSettings.folder(folder).clock(time));
        store.track(List.of(
                new Tracked(VIEWS, new EventMatcher("shop", Set.of("view"), Set.of(), null)),
                new Tracked(CHECKOUT, new EventMatcher("shop", Set.of("journey"), Set.of("checkout"), null)),
                new Tracked("orders", new EventMatcher("order", Set.of(), Set.of(), null))));
        BrowserSettings settings =
                BrowserSettings.of(List.of(new BrowserSettings.Site(origin, "shop", Environment.PRODUCTION)));
        browser = new Browser(more.apply(settings), store, time);
        server = WebServer.with(token -> token.equals("see") ? new Tokens.Principal("eve", Role.VIEWER) : null)
                .publicLimit(100_000, 100_000)
                .build();
        browser.addTo(server.routes());
        server.start();
    }

    URI uri() {
        return server.uri();
    }

    /** The origin of the guard itself. */
    String origin() {
        return "http://" + server.uri().getAuthority();
    }

    Counts counts(String slo) {
        Instant now = time.instant();
        return store.counts(slo).counts(new TimeRange(now.minus(Duration.ofHours(3)), now.plus(Duration.ofHours(1))));
    }

    /** The traces of an objective's failures. */
    List<Store.Trace> traces(String slo) {
        Instant now = time.instant();
        return store.traces(slo, new TimeRange(now.minus(Duration.ofHours(3)), now.plus(Duration.ofHours(1))), 100);
    }

    JsonNode figures() throws Exception {
        return JSON.readTree(
                get("/api/v1/browser", "Authorization", "Bearer see").body());
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri().resolve(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest.Builder report(String origin, byte[] body) {
        return HttpRequest.newBuilder(server.uri().resolve("/browser/v1/report"))
                .headers("Origin", origin, "Content-Type", "text/plain;charset=UTF-8")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }

    static Event backend(Event.Outcome outcome, String trace, Instant at) {
        return new Event(
                "span-" + trace,
                at,
                "order",
                null,
                "POST /orders",
                outcome,
                "7",
                Environment.PRODUCTION,
                null,
                trace,
                null,
                1,
                false,
                12L);
    }

    @Override
    public void close() {
        server.close();
        store.close();
    }
}
