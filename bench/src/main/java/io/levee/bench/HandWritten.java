package io.levee.bench;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

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

    /**
     * The same, and each failure is asked for its cause and its suppressed exceptions: what nobody is spared who judges by
     * them. Each question takes the exception's lock.
     */
    static Object retryLooking(Callable<Object> body, int attempts) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return body.call();
            } catch (IOException failure) {
                if (attempt >= attempts || failure.getCause() != null || failure.getSuppressed().length > 0) {
                    throw failure;
                }
            }
        }
    }

    /** The same, with each retry paid for. */
    static Object retry(Callable<Object> body, int attempts, Budget budget) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return body.call();
            } catch (IOException failure) {
                if (attempt >= attempts || !budget.tryWithdraw()) {
                    throw failure;
                }
            }
        }
    }

    /** Exponential backoff with full jitter. */
    static long delayNanos(int retry, long baseNanos, long capNanos) {
        return ThreadLocalRandom.current().nextLong(Math.min(capNanos, baseNanos << (retry - 1)) + 1);
    }

    /** Requests and accepts of all time: the rule of the throttle without its window. */
    static final class Throttle {
        private final LongAdder requests = new LongAdder();
        private final LongAdder accepts = new LongAdder();
        private volatile boolean refused;

        boolean sends() {
            requests.increment();
            return !refused || requests.sum() <= 2 * accepts.sum();
        }

        void accepted() {
            accepts.increment();
        }
    }

    /** A bound that does not move, and the sum of the durations. */
    static final class Bound {
        private final AtomicInteger inFlight = new AtomicInteger();
        private final LongAdder nanos = new LongAdder();
        private final int most;

        Bound(int most) {
            this.most = most;
        }

        boolean enters() {
            if (inFlight.incrementAndGet() <= most) {
                return true;
            }
            inFlight.decrementAndGet();
            return false;
        }

        void leaves(long tookNanos) {
            nanos.add(tookNanos);
            inFlight.decrementAndGet();
        }
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

    /** A counter of those who are in. */
    static final class Bulkhead {
        private final AtomicInteger inFlight = new AtomicInteger();
        private final int max;

        Bulkhead(int max) {
            this.max = max;
        }

        boolean tryEnter() {
            while (true) {
                int seen = inFlight.get();
                if (seen >= max) {
                    return false;
                }
                if (inFlight.compareAndSet(seen, seen + 1)) {
                    return true;
                }
            }
        }

        void leave() {
            inFlight.decrementAndGet();
        }

        Object call(Callable<Object> body) throws Exception {
            if (!tryEnter()) {
                throw Breaker.OPEN;
            }
            try {
                return body.call();
            } finally {
                leave();
            }
        }
    }

    /** Tokens: a call pays in while there is room, a retry takes one out. It is full to begin with. */
    static final class Budget {
        private final AtomicLong tokens;
        private final long max;

        Budget(long max) {
            this.max = max;
            tokens = new AtomicLong(max);
        }

        void deposit() {
            if (tokens.get() < max) {
                tokens.incrementAndGet();
            }
        }

        boolean tryWithdraw() {
            while (true) {
                long seen = tokens.get();
                if (seen < 1) {
                    return false;
                }
                if (tokens.compareAndSet(seen, seen - 1)) {
                    return true;
                }
            }
        }
    }

    /** All of them round a retry loop, with one clock reading an attempt. */
    static final class Everything {
        private final Breaker breaker = new Breaker(false);
        private final Limiter limiter = new Limiter(1, 1_000_000_000L);
        private final Bulkhead bulkhead = new Bulkhead(Peers.IN_FLIGHT);
        private final Budget budget = new Budget(100);
        private final @Nullable Heard heard;

        Everything(@Nullable Heard heard) {
            this.heard = heard;
        }

        Object call(Callable<Object> body, int attempts) throws Exception {
            budget.deposit();
            for (int attempt = 1; ; attempt++) {
                if (!breaker.permits() || !limiter.permits(System.nanoTime())) {
                    throw Breaker.OPEN;
                }
                try {
                    Object answer = bulkhead.call(body);
                    breaker.succeeded();
                    if (heard != null) {
                        heard.called();
                    }
                    return answer;
                } catch (IOException failure) {
                    if (attempt >= attempts || !budget.tryWithdraw()) {
                        throw failure;
                    }
                }
            }
        }
    }

    /** Waits in the order in which they came, behind a lock. */
    static final class Waits {
        private final ReentrantLock lock = new ReentrantLock();
        private final Wait head = new Wait(() -> {});

        Waits() {
            head.next = head;
            head.previous = head;
        }

        /** A node. */
        static final class Wait {
            private final Runnable task;
            private @Nullable Wait next;
            private @Nullable Wait previous;

            Wait(Runnable task) {
                this.task = task;
            }
        }

        Wait add(Runnable task) {
            Wait added = new Wait(task);
            lock.lock();
            try {
                Wait last = head.previous;
                added.previous = last;
                added.next = head;
                last.next = added;
                head.previous = added;
            } finally {
                lock.unlock();
            }
            return added;
        }

        boolean remove(Wait wait) {
            lock.lock();
            try {
                if (wait.next == null) {
                    return false;
                }
                wait.previous.next = wait.next;
                wait.next.previous = wait.previous;
                wait.next = null;
                wait.previous = null;
                return true;
            } finally {
                lock.unlock();
            }
        }
    }
}
