package io.levee.traffic;

import io.levee.RandomSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Shares traffic out to named targets by weights that can be changed while calls run: all of it to the primary today, a
 * tenth to the replica in a minute.
 *
 * <pre>{@code
 * TrafficWeights reads = TrafficWeights.of("primary", 100, "replica", 0);
 * String target = reads.choose();          // always "primary"
 * reads.shift("primary", "replica", 10);   // from now on one choice in ten is "replica"
 * }</pre>
 *
 * <p>A target's share of the choices is its weight over the sum of all weights: with weights 3 and 1 it is 75 % and 25 %.
 * A target of weight 0 is never chosen. At least one weight is more than 0. The targets are fixed when this is made.
 *
 * <p>Each choice is drawn independently, so the shares hold over many choices and not over a few. A choice that runs
 * while the weights change is made by the old weights or by the new ones, never by a mixture.
 *
 * <p>Thread-safe; a choice takes no lock, writes nothing and allocates nothing.
 */
public final class TrafficWeights {
    /** The highest weight of one target: a share can be stated in millionths, and no sum of weights overflows. */
    public static final int MAX_WEIGHT = 1_000_000;

    private static final VarHandle SHARES;

    static {
        try {
            SHARES = MethodHandles.lookup().findVarHandle(TrafficWeights.class, "shares", Shares.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final RandomSource random;

    /** Replaced as a whole. Opponents: those who change the weights; each works on what it saw, by CAS. */
    private volatile Shares shares;

    private TrafficWeights(Shares shares, RandomSource random) {
        this.shares = shares;
        this.random = random;
    }

    /**
     * Weights of two targets.
     *
     * @param first the first target's name
     * @param firstWeight its weight, 0 to {@value #MAX_WEIGHT}
     * @param second the second target's name
     * @param secondWeight its weight, 0 to {@value #MAX_WEIGHT}
     * @return new weights
     * @throws IllegalArgumentException if the names are equal or blank, a weight is out of range, or both are 0
     */
    public static TrafficWeights of(String first, int firstWeight, String second, int secondWeight) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        weights.put(first, firstWeight);
        if (weights.put(second, secondWeight) != null) {
            throw new IllegalArgumentException("two targets need two names; both are '" + first + "'");
        }
        return of(weights);
    }

    /**
     * Weights of any number of targets, drawn with {@link RandomSource#system()}.
     *
     * @param weights weight by target, 0 to {@value #MAX_WEIGHT} each; copied
     * @return new weights
     * @throws IllegalArgumentException if there is no target, a name is blank, a weight is out of range, or all are 0
     */
    public static TrafficWeights of(Map<String, Integer> weights) {
        return of(weights, RandomSource.system());
    }

    /**
     * Weights of any number of targets.
     *
     * @param weights weight by target, 0 to {@value #MAX_WEIGHT} each; copied
     * @param random what choices are drawn with; tests hand in a seeded one
     * @return new weights
     * @throws IllegalArgumentException if there is no target, a name is blank, a weight is out of range, or all are 0
     */
    public static TrafficWeights of(Map<String, Integer> weights, RandomSource random) {
        return new TrafficWeights(Shares.of(weights), Objects.requireNonNull(random, "random"));
    }

    /**
     * Chooses a target.
     *
     * @return the name of a target whose weight is more than 0
     */
    public String choose() {
        Shares now = shares;
        return now.at(now.sum == now.only ? 0 : random.nextBelow(now.sum));
    }

    /**
     * Changes all weights at once.
     *
     * @param weights the new weight of every target, 0 to {@value #MAX_WEIGHT} each
     * @return the weights until now; handed to this method again, they undo the change
     * @throws IllegalArgumentException if a target is missing or unknown, a weight is out of range, or all are 0; then
     *     nothing has changed
     */
    public Map<String, Integer> set(Map<String, Integer> weights) {
        Shares next = Shares.of(weights);
        Shares seen = shares;
        if (!next.weights.keySet().equals(seen.weights.keySet())) {
            throw new IllegalArgumentException(
                    "the targets are " + seen.weights.keySet() + " and cannot change; got " + next.weights.keySet());
        }
        // The targets never change, so what was checked above holds for whatever is replaced here. Keeps their order.
        Shares changed = seen.with(next.weights);
        while (!SHARES.compareAndSet(this, seen, changed)) {
            seen = shares;
        }
        return seen.weights;
    }

    /**
     * Moves weight from one target to another.
     *
     * @param from the target that gives
     * @param to the target that gets
     * @param weight how much; 0 or more
     * @return the weights until now; handed to {@link #set}, they undo the change
     * @throws IllegalArgumentException if a target is unknown, both are the same, or the weight is more than {@code from}
     *     has or more than {@code to} may have; then nothing has changed
     */
    public Map<String, Integer> shift(String from, String to, int weight) {
        if (from.equals(to)) {
            throw new IllegalArgumentException("nothing to shift: from and to are both '" + from + "'");
        }
        Shares seen = shares;
        while (!SHARES.compareAndSet(this, seen, seen.shifted(from, to, weight))) {
            seen = shares;
        }
        return seen.weights;
    }

    /**
     * The weights in force.
     *
     * @return an unmodifiable snapshot, in the order in which the targets were first given
     */
    public Map<String, Integer> snapshot() {
        return shares.weights;
    }

    @Override
    public String toString() {
        return "TrafficWeights" + snapshot();
    }

    /** Immutable: the weights, and their running sums for the draw. */
    private static final class Shares {
        final Map<String, Integer> weights;
        private final String[] names;
        private final long[] upTo;
        final long sum;

        /** The sum if one target has all of it, so that nothing needs to be drawn; else -1. */
        final long only;

        private Shares(Map<String, Integer> weights) {
            this.weights = Collections.unmodifiableMap(weights);
            // Those of weight 0 stand nowhere in the table, so no draw can find them.
            names = weights.entrySet().stream()
                    .filter(entry -> entry.getValue() > 0)
                    .map(Map.Entry::getKey)
                    .toArray(String[]::new);
            upTo = new long[names.length];
            long running = 0;
            for (int i = 0; i < names.length; i++) {
                running += get(names[i]);
                upTo[i] = running;
            }
            sum = running;
            only = names.length == 1 ? running : -1;
        }

        static Shares of(Map<String, Integer> given) {
            Map<String, Integer> weights = new LinkedHashMap<>(given);
            if (weights.isEmpty()) {
                throw new IllegalArgumentException("weights need at least one target; got none");
            }
            boolean some = false;
            for (Map.Entry<String, Integer> entry : weights.entrySet()) {
                String name = entry.getKey();
                Integer weight = entry.getValue();
                if (name == null || name.isBlank()) {
                    throw new IllegalArgumentException("a target needs a name; got a blank one in " + given);
                }
                checked(name, weight);
                some |= weight > 0;
            }
            if (!some) {
                throw new IllegalArgumentException("all weights are 0, so no target could be chosen: " + given
                        + "; give at least one more than 0");
            }
            return new Shares(weights);
        }

        private static void checked(String name, @Nullable Integer weight) {
            if (weight == null || weight < 0 || weight > MAX_WEIGHT) {
                throw new IllegalArgumentException(
                        "the weight of '" + name + "' must be from 0 to " + MAX_WEIGHT + ", is " + weight);
            }
        }

        Shares with(Map<String, Integer> others) {
            Map<String, Integer> next = new LinkedHashMap<>(weights);
            next.putAll(others);
            return new Shares(next);
        }

        Shares shifted(String from, String to, int weight) {
            int has = get(from);
            int gets = get(to);
            if (weight < 0 || weight > has) {
                throw new IllegalArgumentException("from '" + from + "' can be shifted 0 to " + has
                        + ", which is its weight; asked for " + weight);
            }
            checked(to, gets + weight);
            Map<String, Integer> next = new LinkedHashMap<>(weights);
            next.put(from, has - weight);
            next.put(to, gets + weight);
            return new Shares(next);
        }

        private int get(String name) {
            Integer weight = weights.get(name);
            if (weight == null) {
                throw new IllegalArgumentException("no target '" + name + "'; there are " + weights.keySet());
            }
            return weight;
        }

        /** The target that a number below the sum falls to. */
        String at(long drawn) {
            int low = 0;
            int high = upTo.length - 1;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (drawn < upTo[middle]) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            return names[low];
        }
    }
}
