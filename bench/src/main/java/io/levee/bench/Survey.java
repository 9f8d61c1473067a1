package io.levee.bench;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.levee.Levee;
import io.levee.RetryPolicy;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Measures {@link Fact}s, each peer in a JVM of its own: {@link #of} starts them, {@link #main} is what they run. The heap
 * is read after full collections; what is still held is counted by weak references that a collection has not cleared.
 */
enum Survey {
    /** Timers. */
    TIMER("timer-facts", List.of("levee", "stpe", "stpe-default", "netty")),
    /** Asynchronous calls that wait for their retry. */
    BACKOFF("backoff-facts", List.of("levee", "resilience4j", "failsafe"));

    private static final int WAITS = 1_000_000;
    private static final int TIMED_WAITS = 2_000;
    private static final long FAR_NANOS = TimeUnit.HOURS.toNanos(1);

    /** What {@code --row} takes. */
    final String id;

    final List<String> peers;

    Survey(String id, List<String> peers) {
        this.id = id;
        this.peers = peers;
    }

    /** Runs one peer in a JVM of its own. */
    List<Fact> of(String peer, boolean quick) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:+UseSerialGC",
                        "-Xms256m",
                        "-Xmx3g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SurveyMain.class.getName(),
                        name(),
                        peer,
                        Boolean.toString(quick))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("the survey of " + id + ", " + peer + " failed:\n" + output);
        }
        return output.lines()
                .map(line -> line.split(" "))
                .filter(words -> words[0].equals(SurveyMain.MARK))
                .map(words -> new Fact(Fact.Kind.valueOf(words[1]), peer, Double.parseDouble(words[2])))
                .toList();
    }

    /** Measures one peer in this JVM. */
    Map<Fact.Kind, Double> measure(String peer, boolean quick) throws Exception {
        Map<Fact.Kind, Double> facts = new EnumMap<>(Fact.Kind.class);
        if (this == TIMER) {
            Timers timers = Timers.of(peer);
            pending(timers, facts, quick ? 2 : 5);
            lateness(timers, facts);
            timers.close().run();
        } else {
            backoff(peer, quick ? 100_000 : 1_000_000, facts);
        }
        return facts;
    }

    private static void pending(Timers timers, Map<Fact.Kind, Double> facts, int idleSeconds)
            throws InterruptedException {
        Runnable task = () -> {};
        Object[] handles = new Object[WAITS];
        timers.cancel().cancel(timers.schedule().schedule(task, FAR_NANOS)); // its thread and its tables are there
        long before = usedBytes();
        for (int i = 0; i < WAITS; i++) {
            handles[i] = timers.schedule().schedule(task, FAR_NANOS + i * 1_000L);
        }
        TimeUnit.SECONDS.sleep(2); // Netty's worker takes them over, 100,000 a tick
        facts.put(Fact.Kind.PENDING_BYTES, (usedBytes() - before) / (double) WAITS);

        long cpu = cpuNanos();
        long start = System.nanoTime();
        TimeUnit.SECONDS.sleep(idleSeconds);
        double millis = (cpuNanos() - cpu) / 1e6;
        facts.put(Fact.Kind.IDLE, millis / ((System.nanoTime() - start) / 1e9));

        List<WeakReference<Object>> held = weakly(handles);
        for (Object handle : handles) {
            timers.cancel().cancel(handle);
        }
        Arrays.fill(handles, null);
        TimeUnit.SECONDS.sleep(1); // Netty takes cancelled ones out at its next tick
        facts.put(Fact.Kind.CANCELLED_HELD, (double) stillHeld(held));
    }

    private static void lateness(Timers timers, Map<Fact.Kind, Double> facts) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(1);
        long[] late = new long[TIMED_WAITS];
        CountDownLatch done = new CountDownLatch(TIMED_WAITS);
        for (int i = 0; i < TIMED_WAITS; i++) {
            int wait = i;
            long delay = random.nextLong(TimeUnit.MILLISECONDS.toNanos(10), TimeUnit.SECONDS.toNanos(4));
            long due = System.nanoTime() + delay;
            timers.schedule()
                    .schedule(
                            () -> {
                                late[wait] = System.nanoTime() - due;
                                done.countDown();
                            },
                            delay);
        }
        if (!done.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException(done.getCount() + " of " + TIMED_WAITS + " waits have not ended");
        }
        Arrays.sort(late);
        facts.put(Fact.Kind.EARLY, (double)
                Arrays.stream(late).filter(nanos -> nanos < 0).count());
        facts.put(Fact.Kind.LATE_MEDIAN, late[TIMED_WAITS / 2] / 1e6);
        facts.put(Fact.Kind.LATE_P99, late[TIMED_WAITS * 99 / 100] / 1e6);
        facts.put(Fact.Kind.LATE_MOST, late[TIMED_WAITS - 1] / 1e6);
    }

    private static void backoff(String peer, int calls, Map<Fact.Kind, Double> facts) throws InterruptedException {
        AtomicLong attempts = new AtomicLong();
        CompletionStage<Object> failed = CompletableFuture.failedFuture(new ConnectException("refused"));
        Supplier<Future<Object>> call = backingOff(peer, () -> {
            attempts.incrementAndGet();
            return failed;
        });
        Future<?>[] futures = new Future<?>[calls];
        call.get().cancel(false);
        settle(attempts, 1);
        long before = usedBytes();
        for (int i = 0; i < calls; i++) {
            futures[i] = call.get();
        }
        settle(attempts, calls + 1L);
        facts.put(Fact.Kind.BACKOFF_BYTES, (usedBytes() - before) / (double) calls);
        List<WeakReference<Object>> held = weakly(futures);
        for (Future<?> future : futures) {
            future.cancel(false);
        }
        Arrays.fill(futures, null);
        TimeUnit.SECONDS.sleep(1);
        facts.put(Fact.Kind.BACKOFF_HELD, 100.0 * stillHeld(held) / calls);
        if (attempts.get() != calls + 1L) {
            throw new IllegalStateException("a retry was sent in the middle of the survey");
        }
    }

    /** An asynchronous call whose first attempt fails and whose second would come in an hour. */
    private static Supplier<Future<Object>> backingOff(String peer, Supplier<CompletionStage<Object>> body) {
        Duration delay = Duration.ofNanos(FAR_NANOS);
        switch (peer) {
            case "levee" -> {
                Levee levee = Levee.named("bench")
                        .retry(RetryPolicy.fixed(delay).attempts(Peers.ATTEMPTS))
                        .noDeadline()
                        .noAttemptTimeout()
                        .noRetryBudget()
                        .build();
                return () -> levee.callAsync(attempt -> body.get());
            }
            case "resilience4j" -> {
                ScheduledThreadPoolExecutor scheduler = Timers.executor(true);
                Retry retry = Retry.of(
                        "bench",
                        RetryConfig.custom()
                                .maxAttempts(Peers.ATTEMPTS)
                                .waitDuration(delay)
                                .build());
                Supplier<CompletionStage<Object>> decorated = Retry.decorateCompletionStage(retry, scheduler, body);
                return () -> decorated.get().toCompletableFuture();
            }
            case "failsafe" -> {
                FailsafeExecutor<Object> failsafe = Failsafe.with(dev.failsafe.RetryPolicy.builder()
                        .withMaxAttempts(Peers.ATTEMPTS)
                        .withDelay(delay)
                        .build());
                return () -> failsafe.getStageAsync(body::get);
            }
            default -> throw new IllegalArgumentException(peer);
        }
    }

    /** All first attempts were made, and what follows them had a second. */
    private static void settle(AtomicLong attempts, long made) throws InterruptedException {
        for (int i = 0; i < 600 && attempts.get() < made; i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        TimeUnit.SECONDS.sleep(1);
    }

    private static List<WeakReference<Object>> weakly(Object[] handles) {
        List<WeakReference<Object>> references = new ArrayList<>(handles.length);
        for (Object handle : handles) {
            references.add(new WeakReference<>(handle));
        }
        return references;
    }

    private static long stillHeld(List<WeakReference<Object>> references) {
        usedBytes();
        return references.stream().filter(reference -> reference.get() != null).count();
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long cpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long id : threads.getAllThreadIds()) {
            sum += Math.max(0, threads.getThreadCpuTime(id));
        }
        return sum;
    }

    /** The survey of that id, if there is one. */
    static List<Survey> called(String id) {
        return Arrays.stream(values()).filter(survey -> survey.id.equals(id)).toList();
    }

    /** One line of output a fact. */
    static String line(Fact.Kind kind, double value) {
        return String.format(Locale.ROOT, "%s %s %.6f", SurveyMain.MARK, kind, value);
    }
}
