package io.levee.console;

import io.levee.Breaker;
import io.levee.Bulkhead;
import io.levee.Call;
import io.levee.Levee;
import io.levee.Limiter;
import io.levee.RetryPolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Four downstreams in four conditions, and calls to them: real engines, scripted faults. */
final class Traffic implements AutoCloseable {
    private static final Executor OWN_THREAD = task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
    };

    private static final Call<Object> STOCK = Call.named("GET /stock/{sku}").idempotent();
    private static final Call<Object> CHARGE = Call.named("POST /charges");
    private static final Call<Object> QUERY = Call.named("query").idempotent();
    private static final Call<Object> PRICE = Call.named("Prices/Get").idempotent();

    final Levee inventory = Levee.named("inventory")
            .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
            .deadline(Duration.ofSeconds(3))
            .attemptTimeout(Duration.ofMillis(800))
            .limiter(Limiter.perSecond(5000).burst(500))
            .telemetry(new ConsoleTelemetry())
            .build();
    final Levee payments = Levee.named("payments")
            .deadline(Duration.ofSeconds(10))
            .attemptTimeout(Duration.ofSeconds(3))
            .breaker(Breaker.consecutiveFailures(5).openFor(Duration.ofHours(1)))
            .bulkhead(Bulkhead.inFlight(16))
            .telemetry(new ConsoleTelemetry())
            .build();
    final Levee search = Levee.named("search")
            .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
            .deadline(Duration.ofSeconds(2))
            .attemptTimeout(Duration.ofMillis(500))
            .breaker(Breaker.failureRate(0.9))
            .telemetry(new ConsoleTelemetry())
            .build();
    final Levee pricing = Levee.named("pricing")
            .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(2))
            .deadline(Duration.ofSeconds(1))
            .limiter(Limiter.perSecond(40).burst(4))
            .bulkhead(Bulkhead.inFlight(8))
            .executor(OWN_THREAD)
            .telemetry(new ConsoleTelemetry())
            .build();

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private int n;

    /** Two minutes in a second or two: the calls are made, only the samples do not wait for the clock. */
    void twoMinutes() {
        Map<String, Levee> own = Map.of("inventory", inventory, "payments", payments, "search", search);
        for (int second = 0; second < Panel.HISTORY; second++) {
            double wave = 1 + 0.35 * Math.sin(second / 9.0) + 0.1 * Math.sin(second * 2.3);
            for (int i = 0; i < 60 * wave; i++) {
                stock(second > 40 && second < 52 ? 9 : 40);
            }
            for (int i = 0; i < 18 * wave; i++) {
                charge(second > 96);
            }
            for (int i = 0; i < 26 * wave; i++) {
                query(second > 70);
            }
            for (Panel panel : Board.OF_THIS_JVM.panels()) {
                if (own.containsValue(panel.levee())) {
                    panel.sample(1.0);
                }
            }
        }
    }

    /** Goes on by the clock until this is closed. */
    void goOn() {
        clock.scheduleWithFixedDelay(
                () -> {
                    stock(40);
                    if (n % 4 == 0) {
                        charge(true);
                    }
                    if (n % 3 == 0) {
                        query(true);
                    }
                    pricing.callAsync(PRICE, attempt -> CompletableFuture.completedFuture("7"));
                },
                0,
                15,
                TimeUnit.MILLISECONDS);
    }

    void stock(int oneFailsOf) {
        inventory.execute(STOCK, attempt -> {
            if (attempt.number() == 0 && n++ % oneFailsOf == 0) {
                throw new ConnectException("refused");
            }
            return "7";
        });
    }

    void charge(boolean broken) {
        payments.execute(CHARGE, attempt -> {
            if (broken) {
                throw new SocketTimeoutException("Read timed out");
            }
            return "paid";
        });
    }

    void query(boolean broken) {
        search.execute(QUERY, attempt -> {
            if (broken && n++ % 5 < 3) {
                throw new IOException("Connection reset");
            }
            return "found";
        });
    }

    @Override
    public void close() {
        clock.shutdownNow();
        inventory.close();
        payments.close();
        search.close();
        pricing.close();
    }
}
