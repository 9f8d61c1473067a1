package io.levee.prometheus;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server for {@code /metrics} and nothing else, on daemon threads. Thread-safe. */
public final class MetricsServer implements AutoCloseable {
    /** Two Prometheuses and a person. More at once wait. */
    private static final int THREADS = 3;

    private final HttpServer server;
    private final ExecutorService workers;

    private MetricsServer(HttpServer server, ExecutorService workers) {
        this.server = server;
        this.workers = workers;
    }

    static MetricsServer start(InetSocketAddress address, HttpHandler handler) {
        HttpServer server;
        try {
            server = HttpServer.create(address, 0);
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "cannot serve metrics on " + address + " (" + failed.getMessage()
                            + "): give another port, or 0 for any free one",
                    failed);
        }
        ExecutorService workers = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "levee-metrics-http");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(workers);
        server.createContext("/metrics", handler);
        server.start();
        return new MetricsServer(server, workers);
    }

    /**
     * Where it listens.
     *
     * @return the port, the real one if 0 was asked for
     */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Ends it. Calling it again does nothing. */
    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }
}
