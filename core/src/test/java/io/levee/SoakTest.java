package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Ten minutes of {@link Soak} leave nothing behind. {@code -Dlevee.soak.seconds=60} sets another length for the long
 * form; its ten windows are then shorter.
 */
class SoakTest {
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final long LONG_SECONDS = 600;

    /**
     * By how much the least heap of the last window may be above that of the first. What is in flight at the moment of a
     * collection differs by as much as a full queue of events, some 3 MiB. A leak of two bytes a call would be more than
     * this in ten minutes.
     */
    private static final long HEAP_MARGIN_BYTES = 8L << 20;

    /** Threads of the JVM and of the tools that run this, which come when they come. */
    private static final List<String> NOT_OURS = List.of(
            "ForkJoinPool.commonPool", "process reaper", "Attach Listener", "Common-Cleaner", "surefire", "awaitility");

    @Test
    void tenSecondsOfFullLoadLeaveNothingBehind() throws Exception {
        soak(SHORT);
    }

    @Test
    @Tag("full")
    void tenMinutesOfFullLoadLeaveNothingBehind() throws Exception {
        soak(Duration.ofSeconds(Long.getLong("levee.soak.seconds", LONG_SECONDS)));
    }

    private static void soak(Duration length) throws Exception {
        Set<Thread> threadsBefore = Thread.getAllStackTraces().keySet();
        int pendingBefore = Timers.pending(SystemTime.INSTANCE.timers);
        Soak soak = new Soak();
        Levee levee = soak.levee;
        soak.run(length);

        System.out.printf(
                "%d calls in %.1f s: %d succeeded, %d failed, %d refused, %d cancelled %s; %d attempts;"
                        + " %d disturbances; %d events, %d dropped; least heap in each tenth, KiB: %s%n",
                soak.started.sum(),
                soak.tookNanos / 1e9,
                soak.succeeded.sum(),
                soak.failed.sum(),
                soak.refused.sum(),
                soak.cancelled.sum(),
                soak.stops,
                soak.attempts.sum(),
                soak.changes.sum(),
                soak.callsEnded.sum(),
                levee.state().eventsDropped(),
                Arrays.toString(Arrays.stream(soak.leastHeapBytes)
                        .map(bytes -> bytes >> 10)
                        .toArray()));

        // It was a storm: every kind of end was there.
        assertThat(List.of(soak.succeeded.sum(), soak.failed.sum(), soak.refused.sum(), soak.cancelled.sum()))
                .allMatch(count -> count > 100);
        assertThat(soak.violations).isEmpty();

        // No call was lost, and none ended twice.
        assertThat(soak.ended.sum()).isEqualTo(soak.started.sum());
        assertThat(soak.endsByName)
                .isNotEmpty()
                .allSatisfy((name, ends) -> assertThat(ends).as(name).isOne());

        // Attempts are what the downstream saw, and no more than the limiter lets through.
        assertThat(soak.attemptsTold.sum()).isEqualTo(soak.attemptsSeenByThose.sum());
        assertThat((double) soak.attempts.sum())
                .isLessThanOrEqualTo(Soak.HIGHEST_RATE * soak.tookNanos / 1e9 + Soak.LARGEST_BURST);

        nothingIsHeld(levee, pendingBefore);
        levee.close();
        soak.stop();
        assertThat(soak.violations).isEmpty();
        // Closing has delivered what was queued.
        long dropped = levee.state().eventsDropped();
        assertThat(soak.callsEnded.sum()).isBetween(soak.started.sum() - dropped, soak.started.sum());
        noThreadIsLeft(threadsBefore);

        // A short run on a busy machine may leave a window without a sample.
        long[] heap = Arrays.stream(soak.leastHeapBytes)
                .filter(bytes -> bytes != Long.MAX_VALUE)
                .toArray();
        assertThat(heap).hasSizeGreaterThan(1);
        assertThat(heap[heap.length - 1])
                .as("least heap of each tenth: %s", Arrays.toString(heap))
                .isLessThan(heap[0] + HEAP_MARGIN_BYTES);
    }

    private static void nothingIsHeld(Levee levee, int pendingBefore) {
        // Attempts that were abandoned at their timeout, and the timer entry that each thread keeps over its attempts.
        Awaitility.await().atMost(60, TimeUnit.SECONDS).untilAsserted(() -> {
            assertThat(levee.state().inFlight()).isZero();
            assertThat(levee.state().pending()).isZero();
            assertThat(levee.limiter().waiting()).isZero();
            assertThat(Timers.pending(SystemTime.INSTANCE.timers)).isLessThanOrEqualTo(pendingBefore);
        });
        assertThat(levee.breaker().state()).isNotIn(Breaker.State.FORCED_OPEN, Breaker.State.FORCED_CLOSED);

        // At rest, a limiter has its whole burst and not one permit more.
        int burst = 50;
        levee.limiter().change(10_000, burst);
        long rested = System.nanoTime() + Nanos.PER_SECOND;
        Awaitility.await().until(() -> System.nanoTime() >= rested);
        long now = TimeSource.system().nanoTime();
        int granted = 0;
        while (granted <= burst && levee.limiter().tryAcquire(now)) {
            granted++;
        }
        assertThat(granted).isEqualTo(burst);
    }

    private static void noThreadIsLeft(Set<Thread> before) {
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream()
                                .filter(thread -> !before.contains(thread))
                                .map(Thread::getName)
                                .filter(name -> NOT_OURS.stream().noneMatch(name::startsWith))
                                .collect(Collectors.toSet()))
                        .isEmpty());
    }
}
