package io.levee;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Full load on one Levee with everything going wrong at the same time: synchronous and asynchronous callers, three
 * attempts in ten failing in ten ways, calls cancelled by scope, future and interrupt, the limits changed and the breaker
 * forced while they are in use, a listener that throws. Keeps books on both sides; {@link SoakTest} compares them.
 */
final class Soak {
    static final double HIGHEST_RATE = 40_000;
    static final long LARGEST_BURST = 2_000;
    static final int HEAP_WINDOWS = 10;

    private static final IllegalStateException LISTENER_FAULT = new IllegalStateException("a listener that throws");
    private static final int SYNC_CALLERS = 6;
    private static final int ASYNC_CALLERS = 2;
    private static final int ASYNC_IN_FLIGHT = 16;
    private static final double[] RATES = {2_000, 10_000, HIGHEST_RATE};
    private static final long[] BURSTS = {10, 200, LARGEST_BURST};
    /** One disturbance in so many lets a call have a name of its own, by which its events are told from others'. */
    private static final int NAMED_ONE_IN = 64;

    /** What a caller waits after a refusal; else the load would be little but refusals, which take a microsecond. */
    private static final long AFTER_REFUSAL_NANOS = 200_000;

    // The callers' books.
    final LongAdder started = new LongAdder();
    final LongAdder ended = new LongAdder();
    final LongAdder succeeded = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder failed = new LongAdder();
    final ConcurrentHashMap<StopReason, LongAdder> stops = new ConcurrentHashMap<>();
    /** Attempts that the engine says it made, and those that the same calls' bodies saw. */
    final LongAdder attemptsTold = new LongAdder();

    final LongAdder attemptsSeenByThose = new LongAdder();
    // The downstream's.
    final LongAdder attempts = new LongAdder();
    // The listener's.
    final LongAdder callsEnded = new LongAdder();
    final ConcurrentHashMap<String, Integer> endsByName = new ConcurrentHashMap<>();
    /** What must not happen, in words; not more than some of each. */
    final List<String> violations = Collections.synchronizedList(new ArrayList<>());

    final LongAdder changes = new LongAdder();
    final long[] leastHeapBytes = new long[HEAP_WINDOWS];
    long tookNanos;

    final Levee levee;
    private final TimeSource time = TimeSource.system();
    private final ExecutorService executor = Executors.newFixedThreadPool(2, task -> new Thread(task, "soak-executor"));
    private final List<Thread> threads = new ArrayList<>();
    private final List<Thread> syncCallers = new ArrayList<>();
    private final AtomicReference<Scope> scopeToCancel = new AtomicReference<>();
    private final AtomicReference<CompletableFuture<?>> futureToCancel = new AtomicReference<>();
    private final AtomicInteger names = new AtomicInteger();
    private final AtomicBoolean nameOne = new AtomicBoolean();
    private final Semaphore places = new Semaphore(ASYNC_CALLERS * ASYNC_IN_FLIGHT);
    private volatile boolean over;

    Soak() {
        levee = Levee.named("soak")
                .idempotent()
                .retry(RetryPolicy.exponential(Duration.ofNanos(200_000))
                        .cap(Duration.ofMillis(5))
                        .fullJitter()
                        .attempts(4))
                .attemptTimeout(Duration.ofMillis(20))
                .deadline(Duration.ofMillis(200))
                .limiter(Limiter.perSecond(HIGHEST_RATE).burst(LARGEST_BURST))
                .bulkhead(Bulkhead.inFlight(64))
                .breaker(Breaker.consecutiveFailures(8).openFor(Duration.ofMillis(5)))
                .retryBudget(RetryBudget.ratio(0.5).reservePerSecond(100).maxBalance(1_000))
                .executor(executor)
                .listener(this::count)
                .listener(event -> {
                    throw LISTENER_FAULT;
                })
                .build();
    }

    /** Runs the load for this long, and stops it. */
    void run(Duration length) throws Exception {
        Arrays.fill(leastHeapBytes, Long.MAX_VALUE);
        long start = System.nanoTime();
        for (int i = 0; i < SYNC_CALLERS; i++) {
            syncCallers.add(thread("soak-sync-" + i, this::callSync));
        }
        for (int i = 0; i < ASYNC_CALLERS; i++) {
            thread("soak-async-" + i, this::callAsync);
        }
        thread("soak-disturber", this::disturb);
        threads.forEach(Thread::start);
        watchHeap(start, length);
        over = true;
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(30));
            if (thread.isAlive()) {
                violate("a caller hangs: " + thread + " " + Arrays.toString(thread.getStackTrace()));
            }
        }
        if (!places.tryAcquire(ASYNC_CALLERS * ASYNC_IN_FLIGHT, 30, TimeUnit.SECONDS)) {
            violate("asynchronous calls that have not ended: "
                    + (ASYNC_CALLERS * ASYNC_IN_FLIGHT - places.availablePermits()));
        }
        tookNanos = System.nanoTime() - start;
        levee.breaker().release();
    }

    /** Ends the executor, which is the caller's own. */
    void stop() throws InterruptedException {
        executor.shutdown();
        if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
            violate("the executor does not end");
        }
    }

    /** The least heap in use after a collection, in each of ten equal windows. */
    private void watchHeap(long start, Duration length) {
        long pause = Math.max(length.toNanos() / 240, 200 * Nanos.PER_MILLI);
        long end = start + length.toNanos();
        long next = start + pause;
        while (next < end) {
            while (System.nanoTime() < next) {
                LockSupport.parkNanos(next - System.nanoTime());
            }
            System.gc();
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            int window =
                    (int) Math.min(HEAP_WINDOWS - 1, (System.nanoTime() - start) * HEAP_WINDOWS / length.toNanos());
            leastHeapBytes[window] = Math.min(leastHeapBytes[window], used);
            next = System.nanoTime() + pause;
        }
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private Thread thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    private void violate(String what) {
        if (violations.size() < 50) {
            violations.add(what);
        }
    }

    // --- callers ---

    private void callSync() {
        while (!over) {
            // What an interrupt between two calls or within one has left behind.
            boolean unused = Thread.interrupted();
            ThreadLocalRandom random = ThreadLocalRandom.current();
            if (random.nextInt(16) != 0) {
                callSync(random);
                continue;
            }
            try (Scope scope = Scope.open(Duration.ofMillis(1 + random.nextInt(20)))) {
                scopeToCancel.set(scope);
                callSync(random);
                scopeToCancel.compareAndSet(scope, null);
            }
        }
    }

    private void callSync(ThreadLocalRandom random) {
        Books books = new Books();
        Call<Object> call = call();
        started.increment();
        if (random.nextBoolean()) {
            Result<Object> result = levee.execute(call, attempt -> syncAttempt(books, attempt));
            books.end(result, null);
        } else {
            try {
                levee.call(call, attempt -> syncAttempt(books, attempt));
                books.end(null, null);
            } catch (Throwable failure) {
                books.end(null, failure);
            }
        }
        books.restIfRefused();
    }

    private void callAsync() {
        while (!over) {
            try {
                if (!places.tryAcquire(1, TimeUnit.SECONDS)) {
                    continue;
                }
            } catch (InterruptedException nobodyInterruptsThis) {
                violate("an asynchronous caller was interrupted");
                continue;
            }
            ThreadLocalRandom random = ThreadLocalRandom.current();
            Books books = new Books();
            Call<Object> call = call();
            started.increment();
            // What is cancelled is the call's own future: a dependent says nothing about the call, and one that was
            // cancelled would not even run its action.
            CompletableFuture<?> future;
            if (random.nextBoolean()) {
                CompletableFuture<Result<Object>> told =
                        levee.executeAsync(call, attempt -> asyncAttempt(books, attempt));
                told.whenComplete((result, failure) -> end(books, result, failure));
                future = told;
            } else {
                future = levee.callAsync(call, attempt -> asyncAttempt(books, attempt));
                future.whenComplete((value, failure) -> end(books, null, failure));
            }
            books.restIfRefused();
            if (random.nextInt(8) == 0) {
                futureToCancel.set(future);
            } else if (random.nextInt(32) == 0) {
                future.cancel(true);
            }
        }
    }

    private void end(Books books, Result<Object> result, Throwable failure) {
        try {
            books.end(result, failure);
        } catch (Throwable ownFault) { // which the future would keep to itself
            violate("the soak's own fault: " + ownFault);
        }
        places.release();
    }

    private Call<Object> call() {
        // Only some, for the books keep their names to the end.
        Call<Object> call = nameOne.get() && nameOne.getAndSet(false)
                ? Call.named("named-" + names.incrementAndGet())
                : Call.named("many");
        return call.outcome(Soak::read);
    }

    private static Outcome read(Object value, Throwable failure) {
        if (failure != null) {
            return Outcome.failure(failure);
        }
        return "503".equals(value) ? Outcome.value(value).withStatus(503) : Outcome.value(value);
    }

    /** What is known of one call on this side. */
    private final class Books {
        private final AtomicInteger seen = new AtomicInteger();
        private final AtomicInteger ends = new AtomicInteger();
        private volatile boolean cancelledFromOutside;
        private volatile boolean wasRefused;

        void attempt(Attempt attempt) {
            attempts.increment();
            int expected = seen.getAndIncrement();
            if (attempt.number() != expected) {
                violate("attempt " + attempt.number() + " came as number " + expected);
            }
            // A future may be cancelled between the decision and the attempt; what ended by itself attempts nothing
            // more.
            if (ends.get() != 0 && !cancelledFromOutside) {
                violate("an attempt after the call's end");
            }
        }

        void end(Result<Object> result, Throwable failure) {
            boolean byFuture = failure instanceof CancellationException;
            cancelledFromOutside = byFuture;
            if (ends.incrementAndGet() != 1) {
                violate("a call ended twice");
            }
            ended.increment();
            if (result != null) {
                attemptsTold.add(result.attempts());
                attemptsSeenByThose.add(seen.get());
                if (result.attempts() != seen.get()) {
                    violate("told of " + result.attempts() + " attempts, seen " + seen.get() + ": " + result);
                }
            }
            if (byFuture) {
                cancelled.increment();
                return;
            }
            Decision decision = result == null ? (failure == null ? null : Decision.of(failure)) : result.decision();
            if (decision != null) {
                stops.computeIfAbsent(decision.stop(), reason -> new LongAdder())
                        .increment();
                switch (decision.stop()) {
                    case CANCELLED -> cancelled.increment();
                    case BREAKER_OPEN, NO_PERMIT, BULKHEAD_FULL, RETRY_BUDGET -> {
                        refused.increment();
                        wasRefused = true;
                    }
                    case RULE_FAILED, CLOSED -> violate("ended by " + decision);
                    default -> failed.increment();
                }
            } else if (failure != null) {
                violate("a failure without its decision: " + failure);
            } else {
                succeeded.increment();
            }
        }

        void restIfRefused() {
            if (wasRefused) {
                LockSupport.parkNanos(AFTER_REFUSAL_NANOS);
            }
        }
    }

    // --- downstream ---

    private Object syncAttempt(Books books, Attempt attempt) throws Exception {
        books.attempt(attempt);
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int dice = random.nextInt(1_000);
        if (dice < 2) {
            new CountDownLatch(1).await(); // until it is interrupted
        } else if (dice < 10) {
            LockSupport.parkNanos(random.nextInt(1_000_000));
        }
        return answer(dice);
    }

    private CompletionStage<Object> asyncAttempt(Books books, Attempt attempt) throws Exception {
        books.attempt(attempt);
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int dice = random.nextInt(1_000);
        if (dice < 2) {
            return new CompletableFuture<>();
        }
        if (dice < 5) {
            return null;
        }
        if (dice < 400) {
            return CompletableFuture.completedFuture(answer(dice));
        }
        CompletableFuture<Object> stage = new CompletableFuture<>();
        if (dice < 420) {
            time.schedule(time.nanoTime() + random.nextInt(3_000_000), () -> complete(stage, dice));
        } else {
            executor.execute(() -> complete(stage, random.nextInt(1_000)));
        }
        return stage;
    }

    private static void complete(CompletableFuture<Object> stage, int dice) {
        try {
            stage.complete(answer(dice));
        } catch (Exception fault) {
            stage.completeExceptionally(fault);
        }
    }

    private static Object answer(int dice) throws Exception {
        if (dice >= 300) {
            return "ok";
        }
        if (dice < 100) {
            throw new NotSent();
        }
        if (dice < 160) {
            throw new NoAnswer();
        }
        if (dice < 220) {
            throw new Broken();
        }
        if (dice < 250) {
            throw new Bug();
        }
        return "503";
    }

    // Without a stack trace, whose cost would be most of the load; a new one each time, for the engine adds its note.

    private static final class NotSent extends ConnectException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private static final class NoAnswer extends SocketTimeoutException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private static final class Broken extends IOException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private static final class Bug extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    // --- what happens to it all ---

    private void disturb() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (!over) {
            switch (random.nextInt(20)) {
                case 0, 1 ->
                    levee.limiter().change(RATES[random.nextInt(RATES.length)], BURSTS[random.nextInt(BURSTS.length)]);
                case 2, 3 -> levee.bulkhead().change(8 + random.nextInt(57));
                case 4 -> levee.breaker().forceOpen();
                case 5 -> levee.breaker().forceClosed();
                case 6, 7, 8, 9 -> {
                    Scope scope = scopeToCancel.getAndSet(null);
                    if (scope != null) {
                        scope.cancel();
                    }
                }
                case 10, 11, 12, 13 -> {
                    CompletableFuture<?> future = futureToCancel.getAndSet(null);
                    if (future != null) {
                        future.cancel(true);
                    }
                }
                default -> syncCallers.get(random.nextInt(syncCallers.size())).interrupt();
            }
            changes.increment();
            if (random.nextInt(NAMED_ONE_IN) == 0) {
                nameOne.set(true);
            }
            LockSupport.parkNanos(Nanos.PER_MILLI);
            levee.breaker().release();
        }
    }

    private void count(LeveeEvent event) {
        if (event instanceof LeveeEvent.CallEnded end) {
            callsEnded.increment();
            if (end.operation().startsWith("named-")) {
                endsByName.merge(end.operation(), 1, Integer::sum);
            }
        }
    }
}
