package io.levee.guard.browser;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A site with a strict content security policy, its backend under /api/, or another site's scripts and addresses. */
final class Shop implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
    private volatile String head = "";
    private volatile String policy = "";

    /** A request that came to /api/. */
    record Seen(String method, String path, String traceparent, String own, String referrer, String body) {}

    Shop() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Security-Policy", policy);
            answer(exchange, 200, "text/html", "<!doctype html><title>shop</title>" + head);
        });
        server.createContext(
                "/app.js", exchange -> answer(exchange, 200, "text/javascript", Script.resource("app.js")));
        server.createContext(
                "/foreign.js",
                exchange -> answer(
                        exchange,
                        200,
                        "text/javascript",
                        "setTimeout(() => { throw new TypeError('foreign'); }); Promise.reject(new Error('foreign'));"));
        server.createContext("/api/", this::api);
        server.createContext("/stream", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 20; i++) {
                exchange.getResponseBody().write(new byte[10_000]);
                exchange.getResponseBody().flush();
            }
            exchange.close();
        });
        server.createContext("/drop", HttpExchange::close);
        server.start();
    }

    private void api(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Seen one = new Seen(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                exchange.getRequestHeaders().getFirst("traceparent"),
                exchange.getRequestHeaders().getFirst("X-Own"),
                exchange.getRequestHeaders().getFirst("Referer"),
                body);
        seen.add(one);
        String path = one.path();
        int status = path.matches("/api/\\d{3}") ? Integer.parseInt(path.substring(5)) : 200;
        answer(exchange, status, "text/plain", one.method() + ' ' + one.own() + ' ' + one.body());
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** What every page holds; it may load and speak with these origins only, and nothing inline. */
    void pages(String html, List<String> origins) {
        head = html + "<script defer src=/app.js></script>";
        String all = "'self' " + String.join(" ", origins);
        policy = "default-src 'none'; script-src " + all + "; connect-src " + all;
    }

    String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    URI page(String path) {
        return URI.create(origin() + path);
    }

    List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** The trace that each request belongs to. */
    List<String> traces() {
        return seen().stream()
                .map(each ->
                        each.traceparent() == null ? "" : each.traceparent().substring(3, 35))
                .toList();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    static Map<String, Object> offline(boolean offline) {
        return Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1);
    }
}
