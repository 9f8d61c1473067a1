package io.levee.bench;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The floor of each row: the least code that does the job by hand, without a setting, a record or a listener. Whoever
 * offers more than this pays for it; the table says how much.
 */
final class HandWritten {
    private HandWritten() {}

    /** The loop that everybody has written once. */
    static Object retry(Callable<Object> body, int attempts) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return body.call();
            } catch (IOException failure) {
                if (attempt >= attempts) {
                    throw failure;
                }
            }
        }
    }

    /** Exponential backoff with full jitter. */
    static long delayNanos(int retry, long baseNanos, long capNanos) {
        return ThreadLocalRandom.current().nextLong(Math.min(capNanos, baseNanos << (retry - 1)) + 1);
    }

    /** A breaker that only counts: closed or open, and a counter of successes. */
    static final class Breaker {
        static final IOException OPEN = new IOException("open");

        private final LongAdder successes = new LongAdder();
        private volatile boolean open;

        Breaker(boolean open) {
            this.open = open;
        }

        boolean permits() {
            return !open;
        }

        void succeeded() {
            successes.increment();
        }

        Object call(Callable<Object> body) throws Exception {
            if (!permits()) {
                throw OPEN;
            }
            Object answer = body.call();
            succeeded();
            return answer;
        }
    }

    /** The generic cell rate algorithm on one atomic: the theoretical arrival time of the next permit. */
    static final class Limiter {
        private final AtomicLong arrival;
        private final long intervalNanos;
        private final long toleranceNanos;

        Limiter(long intervalNanos, long toleranceNanos) {
            this.arrival = new AtomicLong(System.nanoTime());
            this.intervalNanos = intervalNanos;
            this.toleranceNanos = toleranceNanos;
        }

        boolean permits(long now) {
            while (true) {
                long seen = arrival.get();
                long next = Math.max(seen, now) + intervalNanos;
                if (next - now > toleranceNanos) {
                    return false;
                }
                if (arrival.compareAndSet(seen, next)) {
                    return true;
                }
            }
        }
    }

    /** Retry round breaker round limiter, with one clock reading an attempt. */
    static Object guarded(Callable<Object> body, int attempts, Breaker breaker, Limiter limiter) throws Exception {
        for (int attempt = 1; ; attempt++) {
            if (!breaker.permits()) {
                throw Breaker.OPEN;
            }
            if (!limiter.permits(System.nanoTime())) {
                throw Breaker.OPEN;
            }
            try {
                Object answer = body.call();
                breaker.succeeded();
                return answer;
            } catch (IOException failure) {
                if (attempt >= attempts) {
                    throw failure;
                }
            }
        }
    }
}
