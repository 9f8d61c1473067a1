package io.levee.lab.storm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Virtual time: everything happens in the order of its instants, whichever queue it stands in. */
class EventLoopTest {
    private final EventLoop loop = new EventLoop();
    private final List<Long> seen = new ArrayList<>();

    private final class Note extends Event {
        @Override
        void happen(long nowNanos) {
            assertThat(loop.nowNanos()).isEqualTo(nowNanos);
            seen.add(nowNanos);
        }
    }

    @Test
    void messagesTimersAndTheRestHappenInOneOrder() {
        Draws draws = new Draws(7, "test");
        int events = 5_000;
        for (int i = 0; i < events; i++) {
            long at = EventLoop.START_NANOS + draws.below(2_000_000_000);
            switch (i % 3) {
                case 0 -> loop.schedule(new Note(), at);
                case 1 -> loop.scheduleMessage(new Note(), at);
                default -> loop.scheduleTimer(new Note(), at);
            }
        }

        loop.runUntil(Long.MAX_VALUE);

        assertThat(seen).hasSize(events).isSorted();
        assertThat(loop.happened()).isEqualTo(events);
    }

    @Test
    void whatIsScheduledMeanwhileFindsItsPlace() {
        Draws draws = new Draws(8, "test");
        long start = EventLoop.START_NANOS;
        loop.schedule(
                new Event() {
                    private int left = 2_000;

                    @Override
                    void happen(long nowNanos) {
                        seen.add(nowNanos);
                        if (--left > 0) {
                            loop.scheduleTimer(new Note(), nowNanos + 1_000_000_000L);
                            loop.scheduleMessage(new Note(), nowNanos + 500_000);
                            loop.schedule(this, nowNanos + draws.below(3_000_000));
                        }
                    }
                },
                start);

        loop.runUntil(Long.MAX_VALUE);

        assertThat(seen).hasSize(2_000 + 2 * 1_999).isSorted();
    }

    @Test
    void ofTwoAtOneInstantTheOneThatWasScheduledFirstHappensFirst() {
        List<String> order = new ArrayList<>();
        long at = EventLoop.START_NANOS + 10;
        loop.scheduleTimer(named("a", order), at);
        loop.schedule(named("b", order), at);
        loop.scheduleMessage(named("c", order), at);
        loop.scheduleTimer(named("d", order), at);

        loop.runUntil(at + 1);

        assertThat(order).containsExactly("a", "b", "c", "d");
    }

    private static Event named(String name, List<String> into) {
        return new Event() {
            @Override
            void happen(long nowNanos) {
                into.add(name);
            }
        };
    }

    @Test
    void theClockStopsWhereItIsToldAndNothingThatIsDueThereHasHappened() {
        loop.schedule(new Note(), EventLoop.START_NANOS + 5);

        loop.runUntil(EventLoop.START_NANOS + 5);

        assertThat(seen).isEmpty();
        assertThat(loop.nowNanos()).isEqualTo(EventLoop.START_NANOS + 5);
        loop.schedule(new Note(), 0); // long past: at once
        loop.runUntil(EventLoop.START_NANOS + 6);
        assertThat(seen).hasSize(2).containsOnly(EventLoop.START_NANOS + 5);
    }

    @Test
    void aTimerThatIsTakenBackDoesNothing() {
        SimTime time = new SimTime(loop);
        List<String> ran = new ArrayList<>();
        var timeout = time.schedule(EventLoop.START_NANOS + 10, () -> ran.add("cancelled"));
        var kept = time.schedule(EventLoop.START_NANOS + 20, () -> ran.add("kept"));

        assertThat(timeout.cancel()).isTrue();
        assertThat(timeout.cancel()).isFalse();
        loop.runUntil(Long.MAX_VALUE);

        assertThat(ran).containsExactly("kept");
        assertThat(kept.cancel()).isFalse();
    }
}
