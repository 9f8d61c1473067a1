package io.levee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimiterTest {
    private static final Runnable NOBODY = () -> {
        throw new AssertionError("must not be told");
    };

    private final ManualTime time = new ManualTime();

    /** Who was granted a permit after a wait, in order, with the milliseconds since the start. */
    private final List<String> granted = new ArrayList<>();

    /** One per 10 ms, no burst. */
    private final Limiter limiter = Limiter.perSecond(100).burst(1).build(time);

    @Test
    void burstThenEvenly() {
        Limiter bursty = Limiter.perSecond(100).burst(3).build(time);
        assertThat(permitsNow(bursty)).isEqualTo(3);
        time.advance(Duration.ofMillis(9));
        assertThat(permitsNow(bursty)).isZero();
        time.advance(Duration.ofMillis(1));
        assertThat(permitsNow(bursty)).isEqualTo(1);
        time.advance(Duration.ofMillis(25));
        assertThat(permitsNow(bursty)).isEqualTo(2);
        time.advance(Duration.ofHours(1));
        assertThat(permitsNow(bursty)).as("a rest is worth one burst").isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0001, 1.0 / 86_400, 0.3, 1, 3, 7.7, 1000, 123_456.789, 1e6, 1e9})
    void everyRateIsMetAndNotExceeded(double rate) {
        Limiter any = Limiter.perSecond(rate).burst(1).build(time);
        long increment = LimiterRule.perSecond(rate).incrementNanos;
        long grants = 0;
        for (int i = 0; i < 1000; i++) {
            grants += permitsNow(any);
            time.advance(Duration.ofNanos(increment));
        }
        assertThat(grants).isEqualTo(1000);
        grants = 0;
        for (int i = 0; i < 1000; i++) {
            grants += permitsNow(any);
            time.advance(Duration.ofNanos((increment + 1) / 2));
        }
        assertThat(grants).isBetween(500L, 1000L);
        assertThat(grants).isEqualTo(increment == 1 ? 1000 : 500);
    }

    @Test
    void aPermitThatIsThereIsGrantedAtOnceAndNobodyIsTold() {
        Limiter.Ticket ticket = limiter.acquire(now(), true, now(), NOBODY);
        assertThat(ticket).isNotNull();
        assertThat(ticket.isGranted()).isTrue();
        assertThat(ticket.isImmediate()).isTrue();
        assertThat(time.pending()).isZero();
    }

    @Test
    void whoWaitsIsToldOnce() {
        drain();
        Limiter.Ticket ticket = join("a", false);
        assertThat(ticket.isGranted()).isFalse();
        assertThat(limiter.waiting()).isEqualTo(1);
        time.advance(Duration.ofSeconds(1));
        assertThat(granted).containsExactly("a@10");
        assertThat(ticket.isGranted()).isTrue();
        assertThat(ticket.isImmediate()).isFalse();
        assertThat(limiter.waiting()).isZero();
        assertThat(time.pending()).as("timers left").isZero();
    }

    @Test
    void inOrderOfArrival() {
        drain();
        for (String who : List.of("a", "b", "c", "d")) {
            join(who, false);
        }
        assertThat(time.pending()).as("one timer for all").isEqualTo(1);
        time.advance(Duration.ofSeconds(1));
        assertThat(granted).containsExactly("a@10", "b@20", "c@30", "d@40");
    }

    @Test
    void firstAttemptsBeforeRetries() {
        drain();
        join("r1", true);
        join("f1", false);
        join("r2", true);
        join("f2", false);
        time.advance(Duration.ofMillis(20));
        join("f3", false);
        time.advance(Duration.ofSeconds(1));
        assertThat(granted).containsExactly("f1@10", "f2@20", "f3@30", "r1@40", "r2@50");
    }

    @Test
    void aFirstAttemptPassesRetriesButNotOtherFirstAttempts() {
        Limiter two = Limiter.perSecond(100).burst(1).build(new Late(time));
        assertThat(two.tryAcquire(now())).isTrue();
        Limiter.Ticket retry = two.acquire(now(), true, Nanos.NEVER, NOBODY);
        time.advance(Duration.ofMillis(10));
        assertThat(two.tryAcquire(now()))
                .as("past a retry, while the timer is late")
                .isTrue();
        Limiter.Ticket first = two.acquire(now(), false, Nanos.NEVER, NOBODY);
        time.advance(Duration.ofMillis(10));
        assertThat(two.tryAcquire(now())).as("past a first attempt").isFalse();
        assertThat(List.of(retry.isGranted(), first.isGranted())).containsExactly(false, false);
        assertThat(two.waiting()).isEqualTo(2);
    }

    @Test
    void aRetryPassesNobody() {
        Limiter three = Limiter.perSecond(100).burst(1).build(new Late(time));
        assertThat(three.tryAcquire(now())).isTrue();
        List<String> order = new ArrayList<>();
        three.acquire(now(), true, Nanos.NEVER, () -> order.add("first retry"));
        time.advance(Duration.ofMillis(10));
        Limiter.Ticket second = three.acquire(now(), true, Nanos.NEVER, () -> order.add("second retry"));
        assertThat(second.isGranted()).isFalse();
        assertThat(order).as("the one who joins makes up for a late timer").containsExactly("first retry");
    }

    @Test
    void cancelledWaiterGivesItsPlaceBack() {
        drain();
        Limiter.Ticket a = join("a", false);
        Limiter.Ticket b = join("b", false);
        join("c", false);
        join("d", false);
        time.advance(Duration.ofMillis(5));
        assertThat(a.cancel()).isTrue();
        time.advance(Duration.ofMillis(8));
        assertThat(granted).as("a's permit").containsExactly("b@10");
        join("e", false);
        assertThat(limiter.waiting()).isEqualTo(3);
        time.advance(Duration.ofSeconds(1));
        assertThat(granted).containsExactly("b@10", "c@20", "d@30", "e@40");
        assertThat(a.cancel()).as("twice").isFalse();
        assertThat(b.isGranted()).isTrue();
        assertThat(a.isGranted()).isFalse();
        assertThat(time.pending()).isZero();
    }

    @Test
    void cancelledPermitGoesToTheNextAtOnce() {
        Limiter.Ticket used = limiter.acquire(now(), false, Nanos.NEVER, NOBODY);
        join("a", false);
        join("b", false);
        assertThat(used.cancel()).isTrue();
        assertThat(used.isGranted()).isFalse();
        assertThat(used.isImmediate()).isFalse();
        assertThat(granted).containsExactly("a@0");
        time.advance(Duration.ofSeconds(1));
        assertThat(granted).containsExactly("a@0", "b@10");
        assertThat(used.cancel()).isFalse();
    }

    @Test
    void permitGivenBackIsThereAgain() {
        assertThat(limiter.tryAcquire(now())).isTrue();
        limiter.giveBack(now());
        assertThat(limiter.waitNanos(now())).isZero();
        assertThat(limiter.tryAcquire(now())).isTrue();
        join("a", false);
        limiter.giveBack(now());
        assertThat(granted).containsExactly("a@0");
    }

    @Test
    void theLastOneWhoCancelsLeavesNoTimer() {
        drain();
        Limiter.Ticket a = join("a", false);
        Limiter.Ticket b = join("b", true);
        a.cancel();
        assertThat(time.pending()).isEqualTo(1);
        b.cancel();
        assertThat(time.pending()).isZero();
        assertThat(limiter.waiting()).isZero();
    }

    @Test
    void aMillionCancelledWaitersLeaveNothingBehind() {
        int million = 1_000_000;
        PermitQueue queue = new PermitQueue(LimiterRule.perSecond(1), million, time);
        assertThat(queue.tryTake(now())).isTrue();
        ArrayDeque<Limiter.Ticket> tickets = new ArrayDeque<>();
        for (int i = 0; i < million; i++) {
            tickets.add(queue.join(now(), i % 3 == 0, Nanos.NEVER, NOBODY));
        }
        assertThat(queue.waiting()).isEqualTo(million);
        for (boolean oldest = true; !tickets.isEmpty(); oldest = !oldest) {
            (oldest ? tickets.pollFirst() : tickets.pollLast()).cancel();
            if (tickets.size() % 100_000 == 0) {
                assertThat(queue.firsts.size() + queue.retries.size()).isLessThanOrEqualTo(2 * tickets.size());
            }
        }
        assertThat(queue.firsts.size() + queue.retries.size()).isZero();
        assertThat(queue.waiting()).isZero();
        assertThat(time.pending()).isZero();
    }

    @Test
    void cancelledOnesBehindALongWaitAreSweptToo() {
        PermitQueue queue = new PermitQueue(LimiterRule.per(Duration.ofDays(1), 1), 10, time);
        assertThat(queue.tryTake(now())).isTrue();
        queue.join(now(), false, Nanos.NEVER, NOBODY);
        for (int i = 0; i < 1000; i++) {
            queue.join(now(), i % 2 == 0, Nanos.NEVER, NOBODY).cancel();
            assertThat(queue.firsts.size() + queue.retries.size()).isLessThanOrEqualTo(2);
        }
        assertThat(queue.waiting()).isEqualTo(1);
    }

    @Test
    void noTicketThatCannotBeInTime() {
        drain();
        long soon = now() + Nanos.fromMillis(10);
        assertThat(limiter.acquire(now(), false, soon, NOBODY))
                .as("comes just as the caller gives up")
                .isNull();
        assertThat(limiter.acquire(now(), false, soon + 1, () -> {})).isNotNull();
        assertThat(limiter.acquire(now(), false, soon + 1, NOBODY)).isNull();
        assertThat(limiter.acquire(now(), true, Nanos.fromMillis(20) + now(), NOBODY))
                .isNull();
        join("retry", true);
        assertThat(limiter.acquire(now(), false, Nanos.fromMillis(20) + now() + 1, () -> {}))
                .as("a first attempt passes the retry")
                .isNotNull();
        assertThat(limiter.waiting()).isEqualTo(3);
        time.advance(Duration.ofSeconds(1));
        assertThat(granted).containsExactly("retry@30");
    }

    @Test
    void aFullQueueRefusesAtOnce() {
        Limiter small = Limiter.perSecond(100).burst(1).maxWaiting(2).build(time);
        assertThat(small.tryAcquire(now())).isTrue();
        Limiter.Ticket a = small.acquire(now(), true, Nanos.NEVER, NOBODY);
        assertThat(small.acquire(now(), false, Nanos.NEVER, NOBODY)).isNotNull();
        assertThat(small.acquire(now(), false, Nanos.NEVER, NOBODY)).isNull();
        assertThat(small.acquire(now(), true, Nanos.NEVER, NOBODY)).isNull();
        a.cancel();
        assertThat(small.acquire(now(), true, Nanos.NEVER, NOBODY)).isNotNull();

        Limiter none = Limiter.perSecond(100).burst(1).maxWaiting(0).build(time);
        assertThat(none.acquire(now(), false, Nanos.NEVER, NOBODY)).isNotNull();
        assertThat(none.acquire(now(), false, Nanos.NEVER, NOBODY)).isNull();
    }

    @Test
    void waitTellsWhenAFirstAttemptWouldBeServed() {
        assertThat(limiter.waitNanos(now())).isZero();
        drain();
        assertThat(limiter.waitNanos(now())).isEqualTo(Nanos.fromMillis(10));
        join("a", false);
        join("r", true);
        assertThat(limiter.waitNanos(now())).isEqualTo(Nanos.fromMillis(20));
        time.advance(Duration.ofMillis(4));
        assertThat(limiter.snapshot(now())).isEqualTo(new Limiter.Snapshot(100, 1, 1, 1, Nanos.fromMillis(16)));
        assertThat(limiter).hasToString("Limiter[100.0 per second, burst 1, 2 waiting]");
    }

    @Test
    void changeServesThoseWhoWaitByTheNewRule() {
        drain();
        for (String who : List.of("a", "b", "c", "d")) {
            join(who, false);
        }
        time.advance(Duration.ofMillis(10));
        limiter.change(1, 1);
        time.advance(Duration.ofMillis(1500)); // a whole permit by the new rule, and a half
        limiter.change(1000, 1);
        time.advance(Duration.ofSeconds(1));
        assertThat(granted).containsExactly("a@10", "b@1010", "c@1510.5", "d@1511.5");
        assertThat(limiter.permitsPerSecond()).isEqualTo(1000);
        assertThat(limiter.burst()).isEqualTo(1);
        assertThat(time.pending()).isZero();
    }

    @Test
    void aChangeThatIsRefusedChangesNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.change(-1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.change(1, 0));
        assertThat(limiter.permitsPerSecond()).isEqualTo(100);
        assertThat(limiter.tryAcquire(now())).isTrue();
    }

    @Test
    void whatACallbackThrowsIsReportedAndHarmsNobody() {
        drain();
        IllegalStateException failure = new IllegalStateException("from a callback");
        List<Throwable> reported = new ArrayList<>();
        Thread thread = Thread.currentThread();
        Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
        thread.setUncaughtExceptionHandler((t, e) -> reported.add(e));
        try {
            limiter.acquire(now(), false, Nanos.NEVER, () -> {
                throw failure;
            });
            join("b", false);
            time.advance(Duration.ofSeconds(1));
        } finally {
            thread.setUncaughtExceptionHandler(before);
        }
        assertThat(reported).containsExactly(failure);
        assertThat(granted).containsExactly("b@20");
    }

    @Test
    void aCallbackMayUseTheLimiter() {
        drain();
        List<Limiter.Ticket> mine = new ArrayList<>();
        mine.add(limiter.acquire(now(), false, Nanos.NEVER, () -> {
            granted.add("a");
            join("c", false);
            mine.get(0).cancel(); // not needed after all: goes to b, at once
            granted.add("a is done");
        }));
        join("b", false);
        time.advance(Duration.ofSeconds(1));
        assertThat(granted).containsExactly("a", "a is done", "b@10", "c@20");
    }

    @Test
    void aTimeSourceThatFailsOnceDoesNotStopTheLimiter() {
        boolean[] broken = {true};
        Limiter any = Limiter.perSecond(100).burst(1).build(new Late(time) {
            @Override
            public Timeout schedule(long atNanos, Runnable task) {
                if (broken[0]) {
                    throw new RejectedExecutionException("no thread");
                }
                return time.schedule(atNanos, task);
            }
        });
        assertThat(any.tryAcquire(now())).isTrue();
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> any.acquire(now(), false, Nanos.NEVER, NOBODY));
        assertThat(any.waiting())
                .as("the caller got no ticket, so nobody waits")
                .isZero();
        broken[0] = false;
        any.acquire(now(), false, Nanos.NEVER, () -> granted.add("b@" + sinceStart()));
        time.advance(Duration.ofSeconds(1));
        assertThat(granted).containsExactly("b@10");
    }

    @Test
    void happyPathAllocatesNothing() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        Limiter fast = Limiter.perSecond(1e9).burst(100).build(time);
        Bulkhead bulkhead = Bulkhead.inFlight(1).build();
        long id = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) { // the first ones load classes
            long before = threads.getThreadAllocatedBytes(id);
            for (int i = 0; i < 10_000; i++) {
                if (!fast.tryAcquire(now() + i) || !bulkhead.tryEnter()) {
                    throw new AssertionError("refused");
                }
                bulkhead.leave();
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
            time.advance(Duration.ofMillis(1));
        }
        assertThat(least).as("bytes for 10,000").isLessThan(1_000);
    }

    private long now() {
        return time.nanoTime();
    }

    private void drain() {
        permitsNow(limiter);
    }

    private int permitsNow(Limiter from) {
        int permits = 0;
        while (from.tryAcquire(now())) {
            permits++;
        }
        return permits;
    }

    private Limiter.Ticket join(String who, boolean retry) {
        Limiter.Ticket ticket = limiter.acquire(now(), retry, Nanos.NEVER, () -> granted.add(who + "@" + sinceStart()));
        assertThat(ticket).isNotNull();
        return ticket;
    }

    private String sinceStart() {
        double millis = (now() - ManualTime.START) / 1e6;
        return millis == Math.rint(millis) ? String.valueOf((long) millis) : String.valueOf(millis);
    }

    /** A timer so late that it never comes. */
    private static class Late implements TimeSource {
        private final TimeSource clock;

        Late(TimeSource clock) {
            this.clock = clock;
        }

        @Override
        public long nanoTime() {
            return clock.nanoTime();
        }

        @Override
        public Timeout schedule(long atNanos, Runnable task) {
            return () -> false;
        }

        @Override
        public boolean await(long atNanos, BooleanSupplier condition) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void wake(Thread thread) {
            throw new UnsupportedOperationException();
        }
    }
}
