package io.levee.lab.demo;

import com.sun.net.httpserver.HttpExchange;
import io.levee.RandomSource;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The inventory service: {@value #WORKERS} workers behind a queue of {@value #QUEUE}, over HTTP. A request waits for a
 * worker, is worked on for some {@value #SERVICE_MILLIS} ms (lognormal), and is then answered; a request that finds the
 * queue full is answered 429 at once. That makes {@value #CAPACITY_PER_SECOND} requests a second.
 *
 * <p>Two properties of real services turn a fault into an outage that outlives it: inventory does not learn that a caller
 * gave up, and goes on working for it; and a full queue holds more work than a caller's timeout allows
 * ({@value #QUEUE} requests are 650 ms of work, the timeout is 500 ms), so as long as the queue is full, everything that
 * is done is done too late.
 */
final class Inventory implements AutoCloseable {
    static final int WORKERS = 4;
    static final int QUEUE = 65;
    static final int SERVICE_MILLIS = 40;
    static final int CAPACITY_PER_SECOND = WORKERS * 1_000 / SERVICE_MILLIS;

    private static final String PATH = "/stock/";
    private static final double SIGMA = 0.5;
    private static final String STOCK = "{\"quantity\":7}";
    private static final String ERROR = "{\"error\":\"inventory failed\"}";
    private static final String NO_BACKEND = "{\"error\":\"no healthy backend\"}";
    private static final String QUEUE_FULL = "{\"error\":\"queue full\"}";

    private final Stage stage;
    private final Draw draw;
    private final Timeline attempts;
    private final ThreadPoolExecutor workers;
    private final LoopbackServer server;

    private Inventory(Stage stage, Draw draw, Timeline attempts, ThreadPoolExecutor workers) throws IOException {
        this.stage = stage;
        this.draw = draw;
        this.attempts = attempts;
        this.workers = workers;
        server = LoopbackServer.start("inventory", PATH, this::receive);
    }

    /**
     * Starts the service.
     *
     * @param attempts counts every request at the door, refused ones included
     * @param seed where service times and errors come from
     * @throws IOException if it can't listen
     */
    static Inventory start(Stage stage, Timeline attempts, long seed) throws IOException {
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                Threads.named("inventory-worker"));
        try {
            return new Inventory(stage, new Draw(RandomSource.seeded(seed)), attempts, workers);
        } catch (IOException refused) {
            Threads.end(workers);
            throw refused;
        }
    }

    URI stockUri(String sku) {
        return server.uri(PATH + sku);
    }

    /** Requests that wait for a worker. */
    int queueLength() {
        return workers.getQueue().size();
    }

    /** Requests that were worked on to the end, whether or not anybody still waited for the answer. */
    long workedOn() {
        return workers.getCompletedTaskCount();
    }

    private void receive(HttpExchange exchange) {
        long now = stage.time().nanoTime();
        attempts.count(stage.elapsed(now));
        if (stage.faultAt(now).isDown()) {
            LoopbackServer.answer(exchange, 503, NO_BACKEND);
            return;
        }
        try {
            workers.execute(() -> serve(exchange));
        } catch (RejectedExecutionException queueIsFull) {
            LoopbackServer.answer(exchange, 429, QUEUE_FULL);
        }
    }

    private void serve(HttpExchange exchange) {
        long now = stage.time().nanoTime();
        Fault fault = stage.faultAt(now);
        boolean fails = draw.uniform() < fault.errorRate();
        double serviceNanos = draw.logNormal(SERVICE_MILLIS * 1e6, SIGMA) * fault.slowness();
        try {
            stage.sleepUntil(now + (long) serviceNanos);
        } catch (InterruptedException closing) {
            // The run is over; the connection is closed with the server.
            exchange.close();
            Thread.currentThread().interrupt();
            return;
        }
        LoopbackServer.answer(exchange, fails ? 503 : 200, fails ? ERROR : STOCK);
    }

    @Override
    public void close() {
        server.close();
        Threads.end(workers);
    }
}
