package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.ref.Reference;
import java.lang.reflect.InvocationTargetException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hundred thousand synchronous calls on virtual threads, all waiting in one Levee. Needs JDK 21 or newer. */
@Timeout(300) // a hang is the failure, not slowness
class VirtualThreadsTest {
    private static final int CALLS = 100_000;
    /** Enough for an average to the byte. */
    private static final int MEASURED = 20_000;

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @BeforeEach
    void virtualThreadsAreThere() {
        assumeTrue(
                Runtime.version().feature() >= 21,
                "SKIPPED, NOT PROVEN: calls on virtual threads. JDK "
                        + Runtime.version().feature() + " has none; run the build with JDK 25");
    }

    /** By reflection, since the build is for Java 17. */
    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (InvocationTargetException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Every call's first attempt fails, and every call may be tried once more. */
    private static Levee levee(Duration backoff) {
        return Levee.named("downstream")
                .retry(RetryPolicy.fixed(backoff).attempts(2))
                .retryBudget(RetryBudget.ratio(10).maxBalance(1_000_000))
                .deadline(Duration.ofMinutes(30))
                .build();
    }

    @Test
    void allEndAndNoneHoldsItsCarrier() throws Exception {
        AtomicInteger succeeded = new AtomicInteger();
        List<String> pinned;
        try (Recording recording = new Recording();
                Levee levee = levee(Duration.ofSeconds(2))) {
            recording
                    .enable("jdk.VirtualThreadPinned")
                    .withThreshold(Duration.ZERO)
                    .withStackTrace();
            recording.start();
            ExecutorService threads = virtualThreads();
            CountDownLatch ended = new CountDownLatch(CALLS);
            for (int i = 0; i < CALLS; i++) {
                threads.execute(() -> {
                    try {
                        levee.call(attempt -> {
                            if (attempt.number() == 0) {
                                throw new ConnectException("down");
                            }
                            return null;
                        });
                        succeeded.incrementAndGet();
                    } catch (Exception failed) {
                        // counted by its absence
                    } finally {
                        ended.countDown();
                    }
                });
            }
            assertThat(ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            threads.shutdown();
            pinned = framesOfLevee(recording);
            assertThat(levee.state().pending()).isZero();
        }
        assertThat(succeeded).hasValue(CALLS);
        assertThat(pinned)
                .as("virtual threads that held their carrier while Levee waited")
                .isEmpty();
    }

    /** The topmost frame of Levee in each event that has one. (Others' pinning, in class loading say, is not ours.) */
    private static List<String> framesOfLevee(Recording recording) throws Exception {
        Path file = Files.createTempFile("levee-pinned", ".jfr");
        try {
            recording.stop();
            recording.dump(file);
            List<String> frames = new ArrayList<>();
            for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
                if (event.getStackTrace() != null) {
                    event.getStackTrace().getFrames().stream()
                            .filter(VirtualThreadsTest::isOfLevee)
                            .findFirst()
                            .ifPresent(frame ->
                                    frames.add(frame.getMethod().getType().getName() + "."
                                            + frame.getMethod().getName() + " in " + event));
                }
            }
            return frames;
        } finally {
            Files.delete(file);
        }
    }

    private static boolean isOfLevee(RecordedFrame frame) {
        String type = frame.getMethod().getType().getName();
        return type.startsWith("io.levee.") && !type.equals(VirtualThreadsTest.class.getName());
    }

    /** The check above sees a thread that is pinned: a native frame on the stack pins on every JDK. */
    @Test
    void aPinnedThreadIsSeen() throws Exception {
        try (Recording recording = new Recording()) {
            recording
                    .enable("jdk.VirtualThreadPinned")
                    .withThreshold(Duration.ZERO)
                    .withStackTrace();
            recording.start();
            ExecutorService threads = virtualThreads();
            // A class initializer is called from the virtual machine, so it pins; the frame is one of Levee's tests.
            threads.submit(() -> Initializer.VALUE).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            threads.shutdown();
            assertThat(framesOfLevee(recording)).isNotEmpty();
        }
    }

    @Test
    void cancellingTheScopeEndsAll() throws Exception {
        AtomicInteger cancelled = new AtomicInteger();
        AtomicInteger attempts = new AtomicInteger();
        try (Levee levee = levee(Duration.ofMinutes(10))) {
            ExecutorService threads = virtualThreads();
            CountDownLatch ended = new CountDownLatch(CALLS);
            try (Scope scope = Scope.open()) {
                for (int i = 0; i < CALLS; i++) {
                    threads.execute(scope.wrap(() -> {
                        try {
                            levee.call(attempt -> {
                                attempts.incrementAndGet();
                                throw new ConnectException("down");
                            });
                        } catch (CallCancelledException expected) {
                            cancelled.incrementAndGet();
                        } catch (Exception other) {
                            // counted by its absence
                        } finally {
                            ended.countDown();
                        }
                    }));
                }
                await().atMost(PATIENCE).until(() -> levee.state().pending() == CALLS);
                scope.cancel();
            }
            assertThat(ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            threads.shutdown();
            assertThat(levee.state().pending()).isZero();
        }
        assertThat(cancelled).hasValue(CALLS);
        assertThat(attempts).as("no further attempt was sent").hasValue(CALLS);
    }

    /** Prints what a waiting call takes beside a virtual thread that only waits. Figures, not a gate; see the docs. */
    @Test
    void memoryOfAWaitingCall() throws Exception {
        try (Levee levee = levee(Duration.ofMinutes(10))) {
            Runnable backsOff = () -> {
                try {
                    levee.call(attempt -> {
                        throw new ConnectException("down");
                    });
                } catch (ConnectException | CallCancelledException expected) {
                    // interrupted: the end of the measurement
                }
            };
            Runnable hasMadeACall = () -> {
                Frames frames = Frames.current();
                frames.pop(frames.push());
                LockSupport.park();
            };
            // Once for nothing: what the compilers have not seen yet has larger stack frames.
            bytesEach(LockSupport::park);
            bytesEach(hasMadeACall);
            bytesEach(backsOff);
            long parked = bytesEach(LockSupport::park);
            System.out.printf(
                    "JDK %s, %,d virtual threads at once, bytes each: parked %,d; parked after a call has ended %,d more; "
                            + "waiting in a Levee's backoff %,d more (of it %,d are a Frame)%n",
                    Runtime.version(),
                    MEASURED,
                    parked,
                    bytesEach(hasMadeACall) - parked,
                    bytesEach(backsOff) - parked,
                    bytesOfAFrame());
            assertThat(levee.state().pending()).isZero();
        }
    }

    private static long bytesOfAFrame() {
        Frame[] many = new Frame[MEASURED];
        Frames frames = Frames.current();
        long before = usedBytes();
        for (int i = 0; i < MEASURED; i++) {
            many[i] = new Frame(frames, Thread.currentThread(), 0);
        }
        long bytes = (usedBytes() - before) / MEASURED;
        Reference.reachabilityFence(many);
        return bytes;
    }

    /** What the heap holds for each of many virtual threads that wait in a body; they are interrupted then. */
    private static long bytesEach(Runnable body) throws Exception {
        ExecutorService threads = virtualThreads();
        AtomicInteger begun = new AtomicInteger();
        List<Thread> waiting = new ArrayList<>();
        long before = usedBytes();
        for (int i = 0; i < MEASURED; i++) {
            threads.execute(() -> {
                synchronized (waiting) {
                    waiting.add(Thread.currentThread());
                }
                begun.incrementAndGet();
                body.run();
            });
        }
        await().atMost(PATIENCE).until(() -> begun.get() == MEASURED && allWait(waiting));
        long bytes = (usedBytes() - before) / MEASURED;
        threads.shutdownNow();
        assertThat(threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        return bytes;
    }

    private static boolean allWait(List<Thread> threads) {
        synchronized (threads) {
            return threads.stream()
                    .allMatch(thread -> thread.getState() == Thread.State.WAITING
                            || thread.getState() == Thread.State.TIMED_WAITING);
        }
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static final class Initializer {
        static final int VALUE;

        static {
            LockSupport.parkNanos(1_000_000);
            VALUE = 1;
        }
    }
}
