package io.levee.guard.console;

import io.levee.guard.web.Answer;
import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import io.levee.guard.web.Tokens;
import io.levee.guard.web.WebException;
import io.levee.guard.web.WebServer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The real web server and console over answers that a test has laid down: for what the real API does not do when asked, such as
 * failing, or having a thousand SLOs.
 */
final class CannedGuard implements AutoCloseable {
    static final String VIEWER = "viewer-token";
    static final String LEAD = "lead-token";

    final List<Map<String, @Nullable Object>> posted = new CopyOnWriteArrayList<>();
    final List<Routes.StreamSink> streams = new CopyOnWriteArrayList<>();
    /** What the list of SLOs answers; a test may replace it. */
    volatile Supplier<Object> slos;

    private final WebServer server;
    private final Shop shop;

    /** What becomes of an answer on its way out. */
    private final UnaryOperator<Object> change;

    CannedGuard(Shop shop) {
        this(shop, UnaryOperator.identity());
    }

    CannedGuard(Shop shop, UnaryOperator<Object> change) {
        this.shop = shop;
        this.change = change;
        this.slos = shop::slos;
        server = WebServer.with(CannedGuard::principal).build();
        Routes routes = server.routes();
        new Console().addTo(routes);
        routes.add("GET", "/api/v1/slos", Role.VIEWER, request -> json(slos.get()));
        routes.add(
                "GET", "/api/v1/slos/{name}", Role.VIEWER, request -> found(shop.detail(request.part("name")), "SLO"));
        routes.add("GET", "/api/v1/slos/{name}/curve", Role.VIEWER, request -> {
            Instant to = request.query("to") == null ? Instant.now() : Instant.parse(request.query("to"));
            Instant from = request.query("from") == null
                    ? to.minus(Duration.ofDays(28))
                    : Instant.parse(request.query("from"));
            return json(shop.curve(request.part("name"), from, to, Integer.parseInt(request.query("points"))));
        });
        routes.add(
                "GET",
                "/api/v1/slos/{name}/incidents/{id}",
                Role.VIEWER,
                request -> found(shop.incident(request.part("name"), request.part("id")), "incident"));
        routes.add(
                "GET",
                "/api/v1/heatmap",
                Role.VIEWER,
                request -> json(shop.heatmap(
                        Instant.parse(request.query("from")),
                        Instant.parse(request.query("to")),
                        Duration.parse("PT"
                                + request.query("step").replace("1d", "24h").toUpperCase(java.util.Locale.ROOT)))));
        routes.add("GET", "/api/v1/gate/decisions", Role.VIEWER, request -> json(Map.of("entries", shop.decisions())));
        routes.add("GET", "/api/v1/actions", Role.VIEWER, request -> json(shop.actions()));
        routes.add("GET", "/api/v1/review/{month}", Role.VIEWER, request -> json(shop.review(request.part("month"))));
        routes.add("GET", "/api/v1/ledger", Role.VIEWER, request -> json(Map.of("entries", List.of())));
        post(routes, "/api/v1/gate/approve", Role.LEAD);
        post(routes, "/api/v1/gate/reports", Role.RELEASE);
        post(routes, "/api/v1/actions/{id}/undo", Role.LEAD);
        post(routes, "/api/v1/review/{month}/proposals", Role.RELEASE);
        post(routes, "/api/v1/review/proposals/{id}/votes", Role.RELEASE);
        routes.stream("/api/v1/stream", Role.VIEWER, (request, sink) -> {
            streams.add(sink);
            return () -> streams.remove(sink);
        });
        server.start();
    }

    private void post(Routes routes, String path, Role least) {
        routes.add("POST", path, least, request -> {
            posted.add(request.json());
            return json(Map.of("ok", true));
        });
    }

    private Answer json(Object value) {
        return Answer.json(change.apply(value));
    }

    private Answer found(@Nullable Object value, String what) {
        if (value == null) {
            throw new WebException(404, "there is no such " + what);
        }
        return json(value);
    }

    private static Tokens.@Nullable Principal principal(String token) {
        return switch (token) {
            case VIEWER -> new Tokens.Principal("viewer", Role.VIEWER);
            case LEAD -> new Tokens.Principal("ines", Role.LEAD);
            default -> null;
        };
    }

    URI uri() {
        return server.uri();
    }

    /** Puts a text in the place of all values with one of these names. */
    static UnaryOperator<Object> planting(String text, Set<String> fields) {
        return value -> planted(value, text, fields);
    }

    private static Object planted(Object value, String text, Set<String> fields) {
        if (value instanceof List<?> list) {
            return list.stream()
                    .map(one -> one == null ? Map.of() : one instanceof String ? text : planted(one, text, fields))
                    .toList();
        }
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        Map<Object, @Nullable Object> changed = new LinkedHashMap<>();
        map.forEach((name, of) -> changed.put(
                name,
                of instanceof String && fields.contains(name) ? text : of == null ? null : planted(of, text, fields)));
        return changed;
    }

    void tell(String event, Object data) {
        streams.forEach(stream -> stream.send(event, data));
    }

    @Override
    public void close() {
        server.close();
    }

    /** To look at the pages by hand. */
    public static void main(String[] args) throws InterruptedException {
        CannedGuard guard = new CannedGuard(new Shop(Instant.now()));
        System.out.println(guard.uri());
        Thread.currentThread().join();
    }
}
