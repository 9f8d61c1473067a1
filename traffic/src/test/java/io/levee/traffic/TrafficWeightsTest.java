package io.levee.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.levee.RandomSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TrafficWeightsTest {
    private static final int DRAWS = 20_000;

    private static Map<String, Integer> numbered(List<Integer> weights) {
        Map<String, Integer> named = new LinkedHashMap<>();
        for (int i = 0; i < weights.size(); i++) {
            named.put("target-" + i, weights.get(i));
        }
        return named;
    }

    private static Map<String, Integer> draws(TrafficWeights weights, int draws) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < draws; i++) {
            counts.merge(weights.choose(), 1, Integer::sum);
        }
        return counts;
    }

    @Property(tries = 100)
    void theLongRunShareIsTheWeightsAndZeroGetsNothing(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = TrafficWeights.MAX_WEIGHT) Integer> given,
            @ForAll long seed) {
        long sum = given.stream().mapToLong(Integer::longValue).sum();
        Assume.that(sum > 0);
        Map<String, Integer> weights = numbered(given);
        Map<String, Integer> counts = draws(TrafficWeights.of(weights, RandomSource.seeded(seed)), DRAWS);
        weights.forEach((target, weight) -> {
            double share = (double) weight / sum;
            // Six standard deviations of a binomial: one run in 10^8 would fail for luck. And ten draws, for shares
            // next to 0 and 1, where the draws are spread as Poisson has it; nothing where the share is 0 or 1.
            double tolerance = 6 * Math.sqrt(DRAWS * share * (1 - share)) + (share == 0 || share == 1 ? 1e-9 : 10);
            int count = counts.getOrDefault(target, 0);
            assertThat((double) count).as(target).isCloseTo(DRAWS * share, within(tolerance));
            if (weight == 0) {
                assertThat(count).isZero();
            }
        });
    }

    /** By value: which numbers fall to which target is exact, whatever the random source. */
    @Property(tries = 200)
    void eachTargetHasExactlyItsWeightOfAllNumbers(
            @ForAll @Size(min = 2, max = 5) List<@IntRange(max = 20) Integer> given) {
        int sum = given.stream().mapToInt(Integer::intValue).sum();
        Assume.that(sum > 0);
        long[] next = {0};
        RandomSource counting = new RandomSource() {
            @Override
            public long nextLong() {
                throw new AssertionError("not asked for");
            }

            @Override
            public long nextBelow(long bound) {
                assertThat(bound).isEqualTo(sum);
                return next[0]++ % bound;
            }
        };
        Map<String, Integer> weights = numbered(given);
        Map<String, Integer> counts = draws(TrafficWeights.of(weights, counting), sum);
        weights.values().removeIf(weight -> weight == 0);
        assertThat(counts).isEqualTo(weights);
    }

    @Property(tries = 200)
    void shiftingKeepsTheSumAndItsAnswerUndoesIt(
            @ForAll @IntRange(max = 1000) int a, @ForAll @IntRange(max = 1000) int b, @ForAll int moved) {
        Assume.that(a + b > 0);
        TrafficWeights weights = TrafficWeights.of("a", a, "b", b);
        if (moved < 0 || moved > a) {
            assertThatThrownBy(() -> weights.shift("a", "b", moved))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Integer.toString(a))
                    .hasMessageContaining(Integer.toString(moved));
            assertThat(weights.snapshot()).isEqualTo(Map.of("a", a, "b", b));
        } else {
            Map<String, Integer> before = weights.shift("a", "b", moved);
            assertThat(weights.snapshot()).isEqualTo(Map.of("a", a - moved, "b", b + moved));
            weights.set(before);
            assertThat(weights.snapshot()).isEqualTo(Map.of("a", a, "b", b));
        }
    }

    @Test
    void readme() {
        TrafficWeights reads = TrafficWeights.of("primary", 100, "replica", 0);
        String target = reads.choose();
        assertThat(target).isEqualTo("primary");
        Map<String, Integer> before = reads.shift("primary", "replica", 10);
        assertThat(reads.snapshot()).isEqualTo(Map.of("primary", 90, "replica", 10));
        reads.set(before);
        assertThat(reads.snapshot()).isEqualTo(Map.of("primary", 100, "replica", 0));
    }

    @Test
    void whatCannotWorkIsRefusedWithTheReason() {
        TrafficWeights weights = TrafficWeights.of("primary", 100, "replica", 0);
        assertThatThrownBy(() -> weights.set(Map.of("primary", 0, "replica", 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("all weights are 0");
        assertThatThrownBy(() -> TrafficWeights.of("a", 0, "b", 0)).hasMessageContaining("all weights are 0");
        assertThatThrownBy(() -> TrafficWeights.of("a", 1, "a", 1)).hasMessageContaining("two names");
        assertThatThrownBy(() -> TrafficWeights.of(Map.of())).hasMessageContaining("at least one target");
        assertThatThrownBy(() -> TrafficWeights.of(Map.of(" ", 1))).hasMessageContaining("blank");
        assertThatThrownBy(() -> TrafficWeights.of("a", -1, "b", 1)).hasMessageContaining("'a'", "-1");
        assertThatThrownBy(() -> TrafficWeights.of("a", TrafficWeights.MAX_WEIGHT + 1, "b", 1))
                .hasMessageContaining("1000000");
        assertThatThrownBy(() -> weights.set(Map.of("primary", 1))).hasMessageContaining("replica");
        assertThatThrownBy(() -> weights.shift("primary", "standby", 1)).hasMessageContaining("standby");
        assertThatThrownBy(() -> weights.shift("primary", "primary", 1)).hasMessageContaining("primary");
        assertThat(weights.snapshot()).containsExactly(Map.entry("primary", 100), Map.entry("replica", 0));
        assertThatThrownBy(() -> weights.snapshot().put("primary", 1))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aChoiceSeesTheOldWeightsOrTheNewNeverAMixture() throws Exception {
        // a and c have weight in no state together, and b never has any.
        Map<String, Integer> one = Map.of("a", 1, "b", 0, "c", 0);
        Map<String, Integer> other = Map.of("a", 0, "b", 0, "c", 1);
        TrafficWeights weights = TrafficWeights.of(one);
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch started = new CountDownLatch(2);
        ExecutorService choosers = Executors.newFixedThreadPool(2);
        try {
            List<java.util.concurrent.Future<Map<String, Integer>>> counts = List.of(1, 2).stream()
                    .map(i -> choosers.submit(() -> {
                        Map<String, Integer> seen = new HashMap<>();
                        started.countDown();
                        do {
                            seen.merge(weights.choose(), 1, Integer::sum);
                        } while (!done.get());
                        return seen;
                    }))
                    .toList();
            assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 10_000; i++) {
                assertThat(weights.set(i % 2 == 0 ? other : one)).isEqualTo(i % 2 == 0 ? one : other);
            }
            done.set(true);
            for (var count : counts) {
                assertThat(count.get(10, TimeUnit.SECONDS)).doesNotContainKey("b");
            }
        } finally {
            done.set(true);
            choosers.shutdownNow();
        }
    }

    @Test
    void concurrentShiftsLoseNothing() throws Exception {
        TrafficWeights weights = TrafficWeights.of("a", 4000, "b", 0);
        ExecutorService shifters = Executors.newFixedThreadPool(4);
        try {
            List<java.util.concurrent.Future<?>> all = List.of(1, 2, 3, 4).stream()
                    .<java.util.concurrent.Future<?>>map(i -> shifters.submit(() -> {
                        for (int n = 0; n < 1000; n++) {
                            weights.shift("a", "b", 1);
                        }
                    }))
                    .toList();
            for (var each : all) {
                each.get(10, TimeUnit.SECONDS);
            }
        } finally {
            shifters.shutdownNow();
        }
        assertThat(weights.snapshot()).isEqualTo(Map.of("a", 0, "b", 4000));
    }
}
