package io.levee.guard.signals;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Says what a guard says, over a real connection, and misbehaves as a test likes. */
final class FakeGuard implements AutoCloseable {
    static final String TOKEN = "secret";

    final AtomicInteger streams = new AtomicInteger();
    final AtomicInteger polls = new AtomicInteger();
    volatile boolean holdsStreamsBack;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<OutputStream> open = new CopyOnWriteArrayList<>();
    private volatile String message = message();

    FakeGuard(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/api/v1/signals", this::poll);
        server.createContext("/api/v1/signals/stream", this::stream);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** A signal as JSON that holds for so many seconds. */
    static String signal(String name, String kind, String value, int seconds) {
        return "{\"name\":\"" + name + "\",\"kind\":\"" + kind + "\",\"value\":" + value
                + ",\"until\":\""
                + java.time.Instant.parse("2020-01-01T00:00:00Z").plusSeconds(seconds)
                + "\",\"reason\":\"burns\",\"later\":[{}]}";
    }

    /** Of another clock than this machine's. */
    static String message(String... signals) {
        return "{\"seq\":7,\"at\":\"2020-01-01T00:00:00Z\",\"signals\":[" + String.join(",", signals) + "]}";
    }

    void say(String... signals) throws IOException {
        message = message(signals);
        for (OutputStream each : open) {
            write(each);
        }
    }

    private void write(OutputStream out) throws IOException {
        synchronized (out) {
            out.write((": hello\n\nevent: signals\ndata: " + message + "\n\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    private static boolean refused(HttpExchange exchange) throws IOException {
        if (("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            return false;
        }
        exchange.sendResponseHeaders(401, -1);
        exchange.close();
        return true;
    }

    private void poll(HttpExchange exchange) throws IOException {
        polls.incrementAndGet();
        if (!refused(exchange)) {
            byte[] body = message.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        }
    }

    private void stream(HttpExchange exchange) throws IOException {
        streams.incrementAndGet();
        if (refused(exchange)) {
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        if (!holdsStreamsBack) {
            write(exchange.getResponseBody());
            open.add(exchange.getResponseBody());
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
