package io.levee.story;

import io.levee.Levee;
import io.levee.http.LeveeHttpClient;
import io.levee.opentelemetry.LeveeOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The customers: orders at a steady rate, whatever became of those before. 47 of 100 choose a warehouse. */
final class Shop implements AutoCloseable {
    static final int PER_SECOND = 40;
    private static final int WITH_WAREHOUSE = 47;
    private static final int CREATED = 201;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration WARM_WITHIN = Duration.ofMinutes(2);
    private static final Duration QUICK = Duration.ofMillis(100);
    private static final int QUICK_ONES = 50;

    private final Tracing tracing;
    private final @Nullable Levee levee;
    private final HttpClient client;
    private final URI orders;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService customers = Executors.newCachedThreadPool();
    private final AtomicInteger number = new AtomicInteger();
    private final LongAdder good = new LongAdder();
    private final LongAdder bad = new LongAdder();
    private boolean closed;

    Shop(URI collector, int orderPort, boolean naive) {
        tracing = new Tracing(collector, naive ? "orders-before" : "shop", History.RELEASE, null);
        levee = naive
                ? null
                : Levee.named("orders")
                        .telemetry(LeveeOpenTelemetry.of(tracing.sdk()))
                        .build();
        HttpClient plain =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        client = levee == null ? plain : LeveeHttpClient.wrap(plain, levee);
        orders = URI.create("http://127.0.0.1:" + orderPort + Order.PATH);
    }

    /**
     * Orders something until all goes quickly: five JVMs have just been started, and what they take to warm up is no part of
     * the play. Neither counted nor traced.
     */
    void warmUp() throws InterruptedException {
        HttpClient plain =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(orders)
                .timeout(TIMEOUT)
                .POST(HttpRequest.BodyPublishers.ofString("sku-0"))
                .build();
        long end = System.nanoTime() + WARM_WITHIN.toNanos();
        for (int quick = 0; quick < QUICK_ONES && System.nanoTime() < end; ) {
            long begin = System.nanoTime();
            try {
                int status = plain.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                boolean wasQuick = System.nanoTime() - begin < QUICK.toNanos();
                quick = status == CREATED && wasQuick ? quick + 1 : 0;
            } catch (IOException notYet) {
                quick = 0;
            }
        }
    }

    void open() {
        var unused = clock.scheduleAtFixedRate(
                () -> customers.execute(this::order),
                0,
                TimeUnit.SECONDS.toNanos(1) / PER_SECOND,
                TimeUnit.NANOSECONDS);
    }

    private void order() {
        int order = number.getAndIncrement();
        String body = "sku-" + order % 10 + (order * WITH_WAREHOUSE % 100 < WITH_WAREHOUSE ? ";north" : "");
        boolean done;
        try {
            done = levee == null ? naively(body) : send(HttpRequest.newBuilder(orders), body) == CREATED;
        } catch (Exception failed) {
            done = false;
        }
        (done ? good : bad).increment();
    }

    /** The customer's span is what the guard counts, as no Levee tells of the call. */
    private boolean naively(String body) {
        Span span = tracing.server("order", name -> null);
        try (Scope here = span.makeCurrent()) {
            Naive.threeTimes(() -> {
                HttpRequest.Builder request = HttpRequest.newBuilder(orders);
                tracing.inject(request::header);
                int status = send(request, body);
                if (status != CREATED) {
                    throw new IllegalStateException("status " + status);
                }
                return status;
            });
            return true;
        } catch (Exception failed) {
            Tracing.failed(span, failed.getClass().getSimpleName(), failed.getMessage());
            return false;
        } finally {
            span.end();
        }
    }

    private int send(HttpRequest.Builder request, String body) throws Exception {
        return client.send(
                        request.timeout(TIMEOUT)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    long good() {
        return good.sum();
    }

    long bad() {
        return bad.sum();
    }

    /** Lets no further customer in, waits for those inside, and tells the collector of them. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        clock.shutdownNow();
        customers.shutdown();
        try {
            if (!customers.awaitTermination(TIMEOUT.toSeconds() * 2, TimeUnit.SECONDS)) {
                customers.shutdownNow();
            }
        } catch (InterruptedException e) {
            customers.shutdownNow();
            Thread.currentThread().interrupt();
        }
        if (levee != null) {
            levee.close();
        }
        tracing.close();
    }
}
