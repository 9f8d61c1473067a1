package io.levee.console;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** The page's files, the same data as JSON, and the stream of events. */
final class Pages implements HttpHandler {
    /** Each holds a thread and a connection; more tabs than this are told to come back. */
    static final int STREAMS = 16;

    private static final Map<String, String> FILES = Map.of(
            "/", "index.html",
            "/console.css", "console.css",
            "/console.js", "console.js",
            "/icon.svg", "icon.svg");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private static final String JSON = "application/json";

    private final Feed feed;
    private final byte[] hello;
    private final Semaphore streams = new Semaphore(STREAMS);

    Pages(Feed feed, Map<String, Object> hello) {
        this.feed = feed;
        this.hello = utf8(event("hello", Json.text(hello)));
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String file = FILES.get(path);
        if (file != null) {
            Gate.send(exchange, 200, TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), ""), read(file));
        } else {
            switch (path) {
                case "/api/state" ->
                    Gate.send(exchange, 200, JSON, utf8(feed.state().json()));
                case "/api/decisions" -> decisions(exchange);
                case "/api/stream" -> stream(exchange);
                default ->
                    Gate.refuse(
                            exchange, 404, "Nothing here. There are /, /api/state, /api/decisions and /api/stream.\n");
            }
        }
    }

    private void decisions(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        long after = 0;
        if (query != null) {
            try {
                if (!query.startsWith("after=")) {
                    throw new NumberFormatException();
                }
                after = Long.parseLong(query.substring("after=".length()));
            } catch (NumberFormatException wrong) {
                Gate.refuse(
                        exchange, 400, "The only parameter is after, the id of the last decision seen: ?after=17\n");
                return;
            }
        }
        Gate.send(exchange, 200, JSON, utf8(feed.notesAfter(after).json()));
    }

    private static byte[] read(String file) throws IOException {
        try (InputStream in = Pages.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException(file + " is missing from levee-console's jar");
            }
            return in.readAllBytes();
        }
    }

    /** Server-sent events (HTML Living Standard, section 9.2): a state a second, and the decisions since the last one. */
    private void stream(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            Gate.send(exchange, 200, "text/event-stream", new byte[0]);
            return;
        }
        if (!streams.tryAcquire()) {
            exchange.getResponseHeaders().set("Retry-After", "10");
            Gate.refuse(exchange, 503, "This console has " + STREAMS + " followers already.\n");
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            follow(exchange.getResponseBody(), lastSeen(exchange));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            streams.release();
        }
    }

    private void follow(OutputStream out, long lastSeen) throws IOException, InterruptedException {
        out.write(utf8("retry: 2000\n\n"));
        out.write(hello);
        long seen = lastSeen;
        Feed.State state = feed.state();
        while (state != null) {
            out.write(utf8("event: state\ndata: "));
            out.write(utf8(state.json()));
            out.write(utf8("\n\n"));
            Feed.Batch batch = feed.notesAfter(seen);
            if (!batch.notes().isEmpty()) {
                seen = batch.last();
                out.write(utf8("id: " + seen + "\n" + event("decisions", batch.json())));
            }
            out.flush();
            state = feed.after(state.version());
        }
    }

    private static long lastSeen(HttpExchange exchange) {
        String id = exchange.getRequestHeaders().getFirst("Last-Event-ID");
        try {
            return id == null ? 0 : Long.parseLong(id);
        } catch (NumberFormatException notOurs) {
            return 0;
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String event(String name, String json) {
        return "event: " + name + "\ndata: " + json + "\n\n";
    }
}
