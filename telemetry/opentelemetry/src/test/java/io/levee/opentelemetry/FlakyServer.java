package io.levee.opentelemetry;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers the first N requests of each path /fail/N... with 503, then 200; remembers the trace headers. */
final class FlakyServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ConcurrentHashMap<String, AtomicInteger> seen = new ConcurrentHashMap<>();
    private final List<String> traceparents = new CopyOnWriteArrayList<>();

    FlakyServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/fail/", exchange -> {
            try (exchange) {
                String traceparent = exchange.getRequestHeaders().getFirst("traceparent");
                traceparents.add(traceparent == null ? "none" : traceparent);
                String path = exchange.getRequestURI().getPath();
                int failures = Integer.parseInt(path.split("/")[2]);
                int before =
                        seen.computeIfAbsent(path, added -> new AtomicInteger()).getAndIncrement();
                exchange.sendResponseHeaders(before < failures ? 503 : 200, -1);
            }
        });
        server.start();
    }

    /** Each of these fails so often before it answers. */
    URI failing(int times, String which) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/fail/" + times + "/" + which);
    }

    List<String> traceparents() {
        return traceparents;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
