package io.levee.guard.server;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Pods that send batches of spans to a guard over HTTP until they are told to stop, and know which ones were acknowledged. */
final class OtlpLoad {
    static final int SPANS = 20;

    /** Of each batch this many spans failed. */
    static final int BAD = 1;

    private final AtomicInteger next;
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> pods = new ArrayList<>();
    private final Instant end = Instant.now();
    /** Why a batch was not acknowledged; null while all were. */
    volatile String lastFailure;

    final Set<Integer> sent = ConcurrentHashMap.newKeySet();
    final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();

    /** Numbers the batches from the first one on. */
    OtlpLoad(int first) {
        next = new AtomicInteger(first);
    }

    OtlpLoad start(GuardProgram guard, String token, int threads) {
        for (int i = 0; i < threads; i++) {
            Thread pod = new Thread(() -> {
                while (!over.get() && send(guard, token, next.getAndIncrement())) {
                    // Until the guard is gone.
                }
            });
            pods.add(pod);
            pod.start();
        }
        return this;
    }

    /** Whether it was acknowledged. */
    boolean send(GuardProgram guard, String token, int batch) {
        sent.add(batch);
        String body = new OtlpBody("shop", "2026.11." + batch % 3, null, null)
                .served(1_000L * batch + 1, end, SPANS, BAD)
                .toString();
        try {
            HttpResponse<String> answer = guard.post("/v1/traces", body, token);
            if (answer.statusCode() != 200) {
                lastFailure = answer.statusCode() + " " + answer.body();
            }
            return answer.statusCode() == 200 && acknowledged.add(batch);
        } catch (Exception e) {
            lastFailure = e.toString();
            return false;
        }
    }

    /** What exporters do with batches of which they know nothing: send them again, to a guard that is there. */
    void sendAgain(GuardProgram guard, String token) {
        for (int batch : sent) {
            if (!acknowledged.contains(batch)) {
                send(guard, token, batch);
            }
        }
    }

    void stop() throws InterruptedException {
        over.set(true);
        for (Thread pod : pods) {
            pod.join();
        }
    }

    long acknowledgedSpans() {
        return (long) SPANS * acknowledged.size();
    }
}
