package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.TimerWheel.Entry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {
    private static final long TICK = TimerWheel.TICK_NANOS;

    private final TimerWheel wheel = new TimerWheel();

    private static Entry entry() {
        return new Entry(null, () -> {});
    }

    private Entry added(long atNanos) {
        Entry entry = entry();
        wheel.add(entry, atNanos);
        return entry;
    }

    /** Polls as the timer's thread does: again while a cascade is unfinished. */
    private static List<Entry> drain(TimerWheel wheel, long nowNanos) {
        List<Entry> due = new ArrayList<>();
        while (true) {
            Entry entry = wheel.poll(nowNanos);
            if (entry != null) {
                due.add(entry);
            } else if (wheel.nextTick() > nowNanos >>> TimerWheel.TICK_SHIFT) {
                return due;
            }
        }
    }

    @Test
    void anEmptyWheelHasNothingAndNoTickToWakeFor() {
        assertThat(wheel.size()).isZero();
        assertThat(wheel.poll(Nanos.NEVER)).isNull();
        assertThat(wheel.nextTick()).isEqualTo(TimerWheel.NO_TICK);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 63, 64, 65, 127, 128, 4_095, 4_096, 4_097, 262_143, 262_144, 16_777_215, 16_777_216})
    void firesAtItsTickAndNotOneNanosecondBefore(long ticks) {
        Entry entry = added(ticks * TICK);
        assertThat(drain(wheel, ticks * TICK - 1)).isEmpty();
        assertThat(drain(wheel, ticks * TICK)).containsExactly(entry);
        assertThat(wheel.size()).isZero();
        assertThat(wheel.nextTick()).isEqualTo(TimerWheel.NO_TICK);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, 62, 63, 64, 4_095, 4_096, 262_143, 1L << 24, 1L << 30, 1L << 36, 1L << 41, (1L << 42) - 1})
    @DisplayName("an entry fires at its tick, whatever the tick at which it was added and the road there")
    void firesAtItsTickFromEveryStart(long start) {
        for (long distance : new long[] {1, 2, 63, 64, 65, 4_095, 4_096, 4_097, 262_144}) {
            TimerWheel fresh = new TimerWheel();
            assertThat(fresh.poll(start * TICK)).isNull();
            Entry entry = entry();
            fresh.add(entry, (start + distance) * TICK);
            // Half of the way first: the entry may have to cascade once more than on a straight road.
            assertThat(drain(fresh, (start + distance / 2) * TICK)).isEmpty();
            assertThat(drain(fresh, (start + distance) * TICK - 1)).isEmpty();
            assertThat(drain(fresh, (start + distance) * TICK)).containsExactly(entry);
        }
    }

    @Test
    void roundsUpToATickSoThatNothingIsEarlyAndNothingMoreThanATickLate() {
        Entry entry = added(TICK + 1);
        assertThat(drain(wheel, 2 * TICK - 1)).isEmpty();
        assertThat(drain(wheel, 2 * TICK)).containsExactly(entry);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 99 * TICK})
    void anInstantThatHasPassedIsDueAtOnce(long atNanos) {
        assertThat(wheel.poll(100 * TICK)).isNull();
        Entry entry = added(atNanos);
        assertThat(wheel.nextTick()).isEqualTo(100);
        assertThat(drain(wheel, 100 * TICK)).containsExactly(entry);
    }

    @Test
    void comesOutInTheOrderOfTheTicksAndOfAddingWithinATick() {
        Entry c = added(5_000 * TICK);
        Entry a = added(70 * TICK);
        Entry d = added(5_000 * TICK);
        Entry b = added(71 * TICK);
        assertThat(drain(wheel, 10_000 * TICK)).containsExactly(a, b, c, d);
    }

    @Test
    @DisplayName("entries beyond every real clock wait without a special case: never, and the last instants before")
    void theEndOfTime() {
        Entry never = added(Long.MAX_VALUE);
        Entry lastPartOfATick = added(Long.MAX_VALUE - 1);
        long lastTick = Long.MAX_VALUE >>> TimerWheel.TICK_SHIFT;
        Entry last = added(lastTick << TimerWheel.TICK_SHIFT);
        assertThat(wheel.nextTick()).isLessThanOrEqualTo(lastTick);
        assertThat(drain(wheel, (lastTick << TimerWheel.TICK_SHIFT) - 1)).isEmpty();
        assertThat(drain(wheel, Long.MAX_VALUE)).containsExactly(last);
        assertThat(TimerWheel.nanosOf(wheel.nextTick())).isEqualTo(Nanos.NEVER);
        assertThat(wheel.size()).isEqualTo(2);
        assertThat(wheel.remove(never)).isTrue();
        assertThat(wheel.remove(lastPartOfATick)).isTrue();
        assertThat(wheel.nextTick()).isEqualTo(TimerWheel.NO_TICK);
    }

    @Test
    void aRemovedEntryIsGoneAtOnceAndOnlyOnce() {
        Entry removed = added(100 * TICK);
        Entry kept = added(100 * TICK);
        assertThat(wheel.remove(removed)).isTrue();
        assertThat(wheel.remove(removed)).isFalse();
        assertThat(wheel.size()).isEqualTo(1);
        assertThat(drain(wheel, 100 * TICK)).containsExactly(kept);
        assertThat(wheel.remove(kept)).isFalse();
    }

    /** Entries lie in chunks: what is removed leaves gaps, and whole chunks go, at the front, in between and at the end. */
    @Test
    void whateverIsRemovedTheOthersKeepTheirOrder() {
        for (int kept = 0; kept < 100; kept += 7) {
            long due = (kept + 1) * 5_000L * TICK;
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                entries.add(added(due));
            }
            List<Entry> expected = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                if (i >= kept && i < kept + 20 && i % 3 != 0) {
                    expected.add(entries.get(i));
                } else {
                    assertThat(wheel.remove(entries.get(i))).isTrue();
                }
            }
            Entry late = added(due);
            assertThat(wheel.remove(added(due))).isTrue();
            expected.add(late);
            assertThat(wheel.size()).isEqualTo(expected.size());
            assertThat(drain(wheel, due)).containsExactlyElementsOf(expected);
            assertThat(wheel.size()).isZero();
            assertThat(wheel.nextTick()).isEqualTo(TimerWheel.NO_TICK);
        }
    }

    @Test
    void anEntryThatIsDueCanStillBeRemovedUntilItIsPolled() {
        Entry first = added(10 * TICK);
        Entry second = added(10 * TICK);
        Entry third = added(10 * TICK);
        assertThat(wheel.poll(10 * TICK)).isSameAs(first);
        assertThat(wheel.remove(first)).isFalse();
        assertThat(wheel.remove(second)).isTrue();
        assertThat(drain(wheel, 10 * TICK)).containsExactly(third);
    }

    @Test
    void removesFromHeadMiddleAndTailOfASlot() {
        for (int taken = 0; taken < 3; taken++) {
            TimerWheel fresh = new TimerWheel();
            List<Entry> entries = new ArrayList<>(List.of(entry(), entry(), entry()));
            entries.forEach(e -> fresh.add(e, 9 * TICK));
            assertThat(fresh.remove(entries.remove(taken))).isTrue();
            Entry late = entry();
            fresh.add(late, 9 * TICK);
            entries.add(late);
            assertThat(drain(fresh, 9 * TICK)).containsExactlyElementsOf(entries);
        }
    }

    @Test
    void theNextTickIsNeverAfterTheFirstEntryAndMovesTowardsIt() {
        long tick = 3 * 4_096 + 5 * 64 + 7;
        added(tick * TICK);
        int wakeUps = 0;
        Entry due = null;
        while (due == null) {
            long next = wheel.nextTick();
            assertThat(next).isLessThanOrEqualTo(tick);
            due = wheel.poll(next * TICK);
            wakeUps++;
        }
        // One for each of the three digits: the wheel is not walked tick by tick.
        assertThat(wakeUps).isLessThanOrEqualTo(3);
    }

    @Test
    void aMillionAddedAndRemovedLeaveNothing() {
        List<Entry> entries = new ArrayList<>(1_000_000);
        for (int i = 0; i < 1_000_000; i++) {
            entries.add(added((i * 7_919L % 600_000) * TICK / 3));
        }
        assertThat(wheel.size()).isEqualTo(1_000_000);
        entries.forEach(wheel::remove);
        assertThat(wheel.size()).isZero();
        assertThat(wheel.nextTick()).isEqualTo(TimerWheel.NO_TICK);
    }

    @Test
    @DisplayName(
            "a slot with more entries than a batch cascades in parts, loses none, and keeps the order of the ticks")
    void cascadesInBatches() {
        int count = 5 * TimerWheel.CASCADE_BATCH;
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(added((4_096 + 64 + i % 64) * TICK));
        }
        long now = (4_096 + 64) * TICK;
        assertThat(wheel.poll(now - 1)).isNull();
        assertThat(wheel.poll(now - 1)).isNull();
        // In the middle of the cascade: one removed that has moved, one that has not, one added.
        assertThat(wheel.remove(entries.get(1))).isTrue();
        assertThat(wheel.remove(entries.get(count - 1))).isTrue();
        Entry late = added((4_096 + 64) * TICK);
        List<Entry> fired = drain(wheel, now + 63 * TICK);
        assertThat(fired).hasSize(count - 1).doesNotHaveDuplicates().contains(late);
        assertThat(fired.stream().map(entry -> entry.tick)).isSorted();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void anUnfinishedCascadeIsNotSleptOver() {
        for (int i = 0; i < TimerWheel.CASCADE_BATCH; i++) {
            added((64 + 63) * TICK);
        }
        Entry last = added(64 * TICK);
        // The batch ends before the one that is due; the earliest of those that have moved is 63 ticks away.
        assertThat(wheel.poll(64 * TICK)).isNull();
        assertThat(wheel.nextTick()).isEqualTo(64);
        assertThat(wheel.poll(64 * TICK)).isSameAs(last);
        assertThat(wheel.nextTick()).isEqualTo(64 + 63);
    }

    @Test
    void anEntryThatAlwaysComesBackLateLetsTheOthersOut() {
        assertThat(wheel.poll(100 * TICK)).isNull();
        Entry other = added(101 * TICK);
        Entry eager = added(1);
        long now = 101 * TICK;
        assertThat(wheel.poll(now)).isSameAs(eager);
        wheel.add(eager, 1);
        assertThat(wheel.poll(now)).isSameAs(other);
        assertThat(wheel.poll(now)).isSameAs(eager);
    }

    @Test
    void aPollWithAnEarlierInstantThanBeforeIsHarmless() {
        assertThat(wheel.poll(100 * TICK)).isNull();
        Entry entry = added(101 * TICK);
        assertThat(wheel.poll(50 * TICK)).isNull();
        assertThat(wheel.nextTick()).isEqualTo(101);
        assertThat(drain(wheel, 101 * TICK)).containsExactly(entry);
    }
}
