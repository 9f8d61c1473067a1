package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events go to listeners on a thread of their own, in order, and nothing that a listener does comes back. */
@Timeout(60)
class EventBusTest {
    private static LeveeEvent event(int number) {
        return new LeveeEvent.CallEnded("x", "call " + number, 1, 0, null, null);
    }

    private static int number(LeveeEvent event) {
        return Integer.parseInt(((LeveeEvent.CallEnded) event).operation().substring(5));
    }

    @Test
    void everyListenerHearsOfEveryEventInOrder() {
        List<Integer> first = Collections.synchronizedList(new ArrayList<>());
        List<Integer> second = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean firstWasBefore = new AtomicBoolean(true);
        EventBus bus = new EventBus("x", List.of(event -> first.add(number(event)), event -> {
            second.add(number(event));
            if (first.size() != second.size()) {
                firstWasBefore.set(false);
            }
        }));
        List<Integer> sent = IntStream.range(0, 5_000).boxed().collect(Collectors.toList());
        sent.forEach(number -> bus.publish(event(number)));
        Awaitility.await().until(() -> second.size() + bus.dropped.sum() == sent.size());
        bus.close();
        assertThat(first).isEqualTo(sent);
        assertThat(second).isEqualTo(sent);
        assertThat(firstWasBefore).isTrue();
        assertThat(bus.dropped.sum()).isZero();
    }

    @Test
    void aListenerThatThrowsIsCountedAndKeepsNobodyElseFromHearing() {
        AtomicInteger heard = new AtomicInteger();
        EventBus bus = new EventBus(
                "x",
                List.of(
                        event -> {
                            throw new IllegalStateException("listener");
                        },
                        event -> {
                            throw new StackOverflowError();
                        },
                        event -> heard.incrementAndGet()));
        for (int i = 0; i < 100; i++) {
            bus.publish(event(i));
        }
        bus.close();
        assertThat(heard).hasValue(100);
        assertThat(bus.failures.sum()).isEqualTo(200);
    }

    @Test
    void beyondTheBoundTheNewestAreDroppedAndCounted() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
        EventBus bus = new EventBus("x", List.of(event -> {
            heard.add(number(event));
            blocked.countDown();
            uninterruptibly(release);
        }));
        bus.publish(event(0));
        blocked.await();
        // One is being delivered, and as many as the bound wait behind it.
        for (int i = 1; i <= EventBus.CAPACITY + 1_000; i++) {
            bus.publish(event(i));
        }
        assertThat(bus.dropped.sum()).isEqualTo(1_000);
        release.countDown();
        Awaitility.await().until(() -> heard.size() > EventBus.CAPACITY);
        bus.close();
        assertThat(heard).hasSize(EventBus.CAPACITY + 1).last().isEqualTo(EventBus.CAPACITY);
    }

    @Test
    void closingDeliversWhatIsQueuedAndTakesNothingMore() {
        AtomicInteger heard = new AtomicInteger();
        EventBus bus = new EventBus("x", List.of(event -> heard.incrementAndGet()));
        for (int i = 0; i < 1_000; i++) {
            bus.publish(event(i));
        }
        bus.close();
        assertThat(heard).hasValue(1_000);
        bus.publish(event(1_000));
        assertThat(heard).hasValue(1_000);
        assertThat(bus.dropped.sum()).as("not lost without a trace").isEqualTo(1);
        bus.close();
    }

    @Test
    void aListenerThatBlocksIsInterruptedByClosingAndWhatWaitsBehindItIsCounted() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        EventBus bus = new EventBus("blocking", List.of(event -> {
            blocked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException stopped) {
                interrupted.set(true);
            }
        }));
        for (int i = 0; i < 10; i++) {
            bus.publish(event(i));
        }
        blocked.await();
        bus.close();
        Awaitility.await().untilTrue(interrupted);
        assertThat(bus.dropped.sum()).isEqualTo(9);
        Awaitility.await().until(() -> threads("blocking").isEmpty());
    }

    @Test
    void closingFromAListenerEnds() throws Exception {
        AtomicReference<EventBus> bus = new AtomicReference<>();
        CountDownLatch closed = new CountDownLatch(1);
        bus.set(new EventBus("selfclosing", List.of(event -> {
            bus.get().close();
            closed.countDown();
        })));
        bus.get().publish(event(0));
        closed.await();
        Awaitility.await().until(() -> threads("selfclosing").isEmpty());
    }

    @Test
    void theThreadIsADaemonIsNamedAndEndsWhenItIsIdle() {
        AtomicReference<Thread> courier = new AtomicReference<>();
        EventBus bus = new EventBus("idle", List.of(event -> courier.set(Thread.currentThread())));
        assertThat(threads("idle"))
                .as("no thread before there is anything to tell")
                .isEmpty();
        bus.publish(event(0));
        Awaitility.await().until(() -> courier.get() != null);
        assertThat(courier.get().isDaemon()).isTrue();
        assertThat(courier.get().getName()).isEqualTo("levee-events-idle");
        Awaitility.await().until(() -> threads("idle").isEmpty());
        Thread first = courier.get();
        bus.publish(event(1));
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(courier.get()).as("a new thread").isNotSameAs(first));
        bus.close();
        assertThat(bus.dropped.sum()).isZero();
    }

    private static List<Thread> threads(String downstream) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("levee-events-" + downstream))
                .collect(Collectors.toList());
    }

    private static void uninterruptibly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException goOn) {
                // The test's own latch ends it.
            }
        }
    }
}
