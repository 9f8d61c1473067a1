package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.TimerWheel.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The wheel against the plainest model there is: a list of what was scheduled, searched from end to end. */
class TimerWheelModelTest {
    private static final long TICK = TimerWheel.TICK_NANOS;

    private enum Kind {
        ADD,
        REMOVE,
        ADVANCE
    }

    /** The distance is nanoseconds from now; for REMOVE it chooses the entry. */
    private record Step(Kind kind, long distance) {}

    private static final class Model {
        /** What waits, in order of adding, with its instant. */
        private final Map<Entry, Long> waiting = new LinkedHashMap<>();

        List<Entry> takeDue(long now) {
            List<Entry> due = new ArrayList<>();
            waiting.forEach((entry, at) -> {
                if (roundedUp(at) <= now && roundedUp(at) != Nanos.NEVER) {
                    due.add(entry);
                }
            });
            waiting.keySet().removeAll(due);
            return due;
        }

        private static long roundedUp(long at) {
            long rest = at % TICK;
            return rest == 0 ? at : Nanos.add(at, TICK - rest);
        }
    }

    @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE) // distances() has the borders
    void firesExactlyWhatIsDueInTheOrderOfTicksAndNeverEarly(
            @ForAll("starts") long start, @ForAll("steps") List<Step> steps) {
        TimerWheel wheel = new TimerWheel();
        Model model = new Model();
        List<Entry> known = new ArrayList<>();
        long now = start;
        assertThat(wheel.poll(now)).isNull();
        for (Step step : steps) {
            switch (step.kind) {
                case ADD -> {
                    long at = Nanos.add(now, step.distance);
                    Entry entry = new Entry(null, () -> {});
                    wheel.add(entry, at);
                    model.waiting.put(entry, at);
                    known.add(entry);
                }
                case REMOVE -> {
                    if (!known.isEmpty()) {
                        Entry entry = known.get((int) (step.distance % known.size()));
                        assertThat(wheel.remove(entry)).isEqualTo(model.waiting.remove(entry) != null);
                    }
                }
                case ADVANCE -> {
                    now = Nanos.add(now, step.distance);
                    advanceBoth(wheel, model, now);
                }
            }
            assertThat(wheel.size()).isEqualTo(model.waiting.size());
        }
        long end = Math.max(now, Long.MAX_VALUE - TICK);
        advanceBoth(wheel, model, end);
        assertThat(wheel.size()).isEqualTo(model.waiting.size());
    }

    private static void advanceBoth(TimerWheel wheel, Model model, long now) {
        long nowTick = now / TICK;
        List<Entry> fired = new ArrayList<>();
        while (true) {
            Entry entry = wheel.poll(now);
            if (entry != null) {
                fired.add(entry);
            } else if (wheel.nextTick() > nowTick) {
                break;
            }
        }
        assertThat(fired).containsExactlyInAnyOrderElementsOf(model.takeDue(now));
        assertThat(fired.stream().map(entry -> entry.tick)).isSorted();
        long next = model.waiting.values().stream()
                .mapToLong(Model::roundedUp)
                .min()
                .orElse(Long.MAX_VALUE);
        assertThat(TimerWheel.nanosOf(wheel.nextTick())).isBetween(now - now % TICK, next);
    }

    @Provide
    Arbitrary<Long> starts() {
        return Arbitraries.oneOf(Arbitraries.just(0L), distances());
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds =
                Arbitraries.frequency(Tuple.of(5, Kind.ADD), Tuple.of(2, Kind.REMOVE), Tuple.of(3, Kind.ADVANCE));
        return Combinators.combine(kinds, distances()).as(Step::new).list().ofMaxSize(60);
    }

    /** Every order of magnitude alike, and the borders of the levels with their neighbours. */
    private static Arbitrary<Long> distances() {
        Arbitrary<Long> magnitudes = Arbitraries.integers()
                .between(0, 62)
                .flatMap(bits -> Arbitraries.longs().between(0, (1L << bits) + 1));
        Arbitrary<Long> borders = Arbitraries.integers()
                .between(0, 7)
                .flatMap(level -> Arbitraries.longs()
                        .between(-TICK - 1, TICK + 1)
                        .map(off -> Math.max(0, (TICK << Math.min(6 * level, 42)) + off)));
        return Arbitraries.oneOf(magnitudes, borders, Arbitraries.of(0L, 1L, TICK, Long.MAX_VALUE));
    }
}
