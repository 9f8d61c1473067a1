package io.levee.prometheus;

import com.sun.net.httpserver.HttpServer;
import io.levee.Breaker;
import io.levee.Bulkhead;
import io.levee.Call;
import io.levee.Levee;
import io.levee.Limiter;
import io.levee.RetryPolicy;
import io.levee.Telemetry;
import io.levee.http.LeveeHttpClient;
import io.levee.metrics.MetricOptions;
import io.levee.test.VirtualTime;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The order service and its fault script. Its waits are in virtual time, so that a latency is what the script says, however
 * slow the machine; its calls to inventory are real HTTP.
 */
final class Shop implements AutoCloseable {
    /** A trace that the stand-in for a tracer says each call is in. */
    static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    final PrometheusRegistry registry = new PrometheusRegistry();
    final LeveePrometheus prometheus =
            LeveePrometheus.of(registry, MetricOptions.defaults().service("order"));
    final MetricsServer metrics = prometheus.serve(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    private final VirtualTime time = VirtualTime.create();
    private final HttpServer stock;
    private final AtomicInteger busy = new AtomicInteger();
    private long backoffMs;

    private final Levee inventory;
    private final Levee redis;
    final Levee payments;
    private final HttpClient client;

    Shop(Telemetry... beside) throws IOException {
        stock = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        stock.createContext("/", exchange -> {
            int status = busy.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? 503 : 200;
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        stock.start();
        Telemetry[] telemetry = java.util.Arrays.copyOf(beside, beside.length + 1);
        telemetry[beside.length] = prometheus;
        inventory = Levee.named("inventory")
                .time(time)
                .retry(retry -> retry > 2 ? null : Long.valueOf(retry == 0 ? 0 : backoffMs))
                .idempotent()
                .limiter(Limiter.perSecond(1_000_000).burst(1_000_000))
                .bulkhead(Bulkhead.inFlight(8))
                .telemetry(telemetry)
                .build();
        redis = Levee.named("redis")
                .time(time)
                .retry(RetryPolicy.fixed(java.time.Duration.ofMillis(5)).attempts(2))
                .idempotent()
                .noRetryBudget()
                .telemetry(telemetry)
                .build();
        payments = Levee.named("payments")
                .time(time)
                .breaker(Breaker.consecutiveFailures(3))
                .telemetry(telemetry)
                .build();
        client = LeveeHttpClient.builder(HttpClient.newHttpClient(), inventory)
                .operation(request -> request.method() + " /stock/{sku}")
                .build();
    }

    /**
     * 900 calls for stock succeed at once, 80 after a retry that comes 40 ms after the failure, 20 after one of 300 ms. Of
     * Redis' attempts 30 find no connection and 10 get no answer, two a call; 60 calls succeed. Payments fail three
     * times, and two more are refused.
     */
    void playScript() throws Exception {
        for (int i = 0; i < 900; i++) {
            stock(0, 0);
        }
        for (int i = 0; i < 100; i++) {
            stock(1, i < 80 ? 40 : 300);
        }
        for (int i = 0; i < 80; i++) {
            Exception failure = i < 15 ? new ConnectException("refused") : i < 20 ? new SocketTimeoutException() : null;
            redis.execute(Call.named("GET session"), attempt -> {
                if (failure != null) {
                    throw failure;
                }
                return "7";
            });
        }
        for (int i = 0; i < 5; i++) {
            payments.execute(Call.<String>named("charge").fallback("later"), attempt -> {
                throw new SocketTimeoutException();
            });
        }
    }

    private void stock(int failures, long waitMs) throws Exception {
        busy.set(failures);
        backoffMs = waitMs;
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + stock.getAddress().getPort() + "/stock/17?secret=4711"))
                .build();
        int status =
                client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status != 200) {
            throw new IllegalStateException("the script wants a success, got " + status);
        }
    }

    String scrape(String accept) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metrics.port() + "/metrics"))
                                .header("Accept", accept)
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Override
    public void close() {
        inventory.close();
        redis.close();
        payments.close();
        stock.stop(0);
        metrics.close();
    }
}
