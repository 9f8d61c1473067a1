package io.levee.stress;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of a history's operations in which a model gives the answers that were seen, and in which no
 * operation comes before one that had ended when it began (Herlihy and Wing: Linearizability, 1990). If there is none,
 * the object did something that it could not have done for one thread at a time.
 *
 * <p>The search is Wing and Gong's (Testing and verifying concurrent objects, 1993): take any operation that nothing
 * unordered precedes, see whether the model agrees, go on, and go back where it does not. Lowe's memory (Testing for
 * linearizability, 2017) keeps it short: the same operations done, in whatever order, with the same state, are tried
 * once.
 *
 * @param <S> the model's states
 * @param <O> the operations
 */
public final class Linearizability<S, O> {
    private record Visited(long done, Object state) {}

    /** One step of one operation. */
    private record Step<O>(Operation<O> operation, int owner, int number) {}

    private final Model<S, O> model;
    private final List<Step<O>> steps = new ArrayList<>();
    private final Set<Visited> visited = new HashSet<>();
    /** The most steps that could be put in order, and which: what to look at when there is no order. */
    private long best;

    private Linearizability(Model<S, O> model, List<Operation<O>> history) {
        this.model = model;
        List<Operation<O>> byBeginning = history.stream()
                .sorted(Comparator.comparingLong(Operation::began))
                .toList();
        for (int owner = 0; owner < byBeginning.size(); owner++) {
            Operation<O> operation = byBeginning.get(owner);
            for (int number = 0; number < model.steps(operation.what()); number++) {
                steps.add(new Step<>(operation, owner, number));
            }
        }
        if (steps.size() > Long.SIZE) {
            throw new IllegalArgumentException(
                    "a history may have " + Long.SIZE + " steps at most, has " + steps.size() + "; make it shorter");
        }
    }

    /**
     * Checks a history.
     *
     * @param model what the object should do
     * @param history what it did, in any order
     * @param <S> the model's states
     * @param <O> the operations
     * @return empty if there is an order that explains it; else the history for a person
     * @throws IllegalArgumentException if the history has more than 64 steps
     */
    public static <S, O> Optional<String> violation(Model<S, O> model, List<Operation<O>> history) {
        Linearizability<S, O> search = new Linearizability<>(model, history);
        return search.isOrdered(0, model.initial()) ? Optional.empty() : Optional.of(search.text());
    }

    private boolean isOrdered(long done, S state) {
        if (Long.bitCount(done) == steps.size()) {
            return true;
        }
        if (Long.bitCount(done) > Long.bitCount(best)) {
            best = done;
        }
        if (!visited.add(new Visited(done, state))) {
            return false;
        }
        long firstEnd = firstEnd(done);
        for (int i = 0; i < steps.size(); i++) {
            if (mayComeNext(i, done, firstEnd)) {
                Step<O> step = steps.get(i);
                S next = model.next(state, step.operation.what(), step.number, step.owner);
                if (next != null && isOrdered(done | 1L << i, next)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whatever begins after this comes after an operation that is not done yet. */
    private long firstEnd(long done) {
        long first = Long.MAX_VALUE;
        for (int i = 0; i < steps.size(); i++) {
            if (!isIn(done, i)) {
                first = Math.min(first, steps.get(i).operation.ended());
            }
        }
        return first;
    }

    private boolean mayComeNext(int i, long done, long firstEnd) {
        Step<O> step = steps.get(i);
        return !isIn(done, i)
                && step.operation.began() <= firstEnd
                && (step.number == 0 || isIn(done, i - 1)); // an operation's steps are neighbours in the list
    }

    private static boolean isIn(long done, int i) {
        return (done >>> i & 1) != 0;
    }

    private String text() {
        StringBuilder text = new StringBuilder("no order of these operations explains their answers"
                + " (thread, from-to, operation; * is not in the longest order that was found):\n");
        @Nullable Operation<O> before = null;
        for (int i = 0; i < steps.size(); i++) {
            Operation<O> operation = steps.get(i).operation;
            if (operation != before) {
                text.append(String.format(
                        "%s %d %3d-%-3d %s%n",
                        isIn(best, i) ? " " : "*",
                        operation.thread(),
                        operation.began(),
                        operation.ended(),
                        operation.what()));
            }
            before = operation;
        }
        return text.toString();
    }
}
