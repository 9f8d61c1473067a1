package io.levee.lab.demo;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A JDK HTTP client with threads of its own, so that both can be closed. */
final class Http implements AutoCloseable {
    /** Threads that only hand answers on: nothing blocks on them. */
    private static final int CALLBACK_THREADS = 2;

    private final ExecutorService callbacks;
    private final HttpClient client;

    Http(String role) {
        callbacks = Executors.newFixedThreadPool(CALLBACK_THREADS, Threads.named(role + "-http"));
        client = HttpClient.newBuilder()
                .executor(callbacks)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofMillis(StockClient.ATTEMPT_TIMEOUT_MILLIS))
                .build();
    }

    HttpClient client() {
        return client;
    }

    /** Before JDK 21 a client can't be closed: its selector thread ends once nobody holds the client any more. */
    @Override
    public void close() {
        Object perhapsCloseable = client;
        if (perhapsCloseable instanceof AutoCloseable closeable) {
            Threads.closeQuietly(closeable);
        }
        Threads.end(callbacks);
    }
}
