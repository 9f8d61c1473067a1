package io.levee.lab.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends one call to each side at each arrival. It never waits for an answer, and it retries nothing. One thread sends, so
 * both sides get a call within the same tenths of a millisecond; they take turns in being first.
 */
final class LoadGenerator implements AutoCloseable {
    /** The customer leaves after this. Longer than the longest call of either side takes. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final String SKU = "4711";

    private final Stage stage;
    private final long[] arrivals;
    private final List<Target> targets;
    private final Http http = new Http("load");
    /** How late each arrival was sent. Written by the sending thread, read after it has ended. */
    private final long[] lateNanos;

    private LoadGenerator(Stage stage, long[] arrivals, List<Target> targets) {
        this.stage = stage;
        this.arrivals = arrivals;
        this.targets = targets;
        lateNanos = new long[arrivals.length];
    }

    /** Whom to call, and where to write down what became of it. */
    record Target(HttpRequest request, CallLog log) {
        static Target of(OrderService service, CallLog log) {
            URI uri = service.orderUri(SKU);
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .timeout(PATIENCE)
                    .build();
            return new Target(request, log);
        }
    }

    static LoadGenerator of(Stage stage, long[] arrivals, List<Target> targets) {
        return new LoadGenerator(stage, arrivals, List.copyOf(targets));
    }

    /**
     * Calls all sides one call after the other until an instant, and forgets the answers: what a machine does for the first
     * time is slow, and nothing of it belongs into the figures.
     */
    void warmUp(long untilNanos) throws InterruptedException {
        while (stage.time().nanoTime() < untilNanos) {
            for (Target target : targets) {
                try {
                    http.client().send(target.request(), HttpResponse.BodyHandlers.discarding());
                } catch (IOException stillStarting) {
                    // Shows again, and counts, once the load has begun.
                }
            }
        }
    }

    /** Sends every arrival at its instant; returns after the last one was sent. */
    void run(long startNanos) throws InterruptedException {
        for (int call = 0; call < arrivals.length; call++) {
            long intended = startNanos + arrivals[call];
            stage.sleepUntil(intended);
            lateNanos[call] = Math.max(0, stage.time().nanoTime() - intended);
            for (int i = 0; i < targets.size(); i++) {
                send(call, targets.get((call + i) % targets.size()));
            }
        }
    }

    private void send(int call, Target target) {
        CompletableFuture<?> unused = http.client()
                .sendAsync(target.request(), HttpResponse.BodyHandlers.discarding())
                .whenComplete((answer, failure) -> target.log()
                        .end(call, endingOf(answer), stage.elapsed(stage.time().nanoTime())));
    }

    private static CallLog.Ending endingOf(@Nullable HttpResponse<Void> answer) {
        if (answer == null || answer.statusCode() != 200) {
            return CallLog.Ending.FAILED;
        }
        boolean degraded =
                answer.headers().firstValue(OrderService.DEGRADED_HEADER).isPresent();
        return degraded ? CallLog.Ending.DEGRADED : CallLog.Ending.SUCCEEDED;
    }

    /** How late 99 % of the arrivals were sent at most: tells whether the machine kept up. */
    long lateP99Nanos() {
        long[] sorted = lateNanos.clone();
        Arrays.sort(sorted);
        return CallLog.percentile(sorted, 0.99);
    }

    @Override
    public void close() {
        http.close();
    }
}
