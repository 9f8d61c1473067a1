package io.levee.guard.actions;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** When a rule fires, or is clear again. Immutable. */
sealed interface Condition {
    /**
     * Whether it holds.
     *
     * @param slo the rule's objective, for leaves that name none
     * @param budgets the figures of the moment
     * @param findings is told of every leaf that was looked at
     */
    Truth holds(String slo, Budgets budgets, Findings findings);

    /** The condition as a phrase. */
    String text();

    /** All leaves below it. */
    List<Leaf> leaves();

    /**
     * One figure held against a limit.
     *
     * @param kind which figure
     * @param slo of which objective; null for the rule's
     * @param over how far back; zero for what is left of the budget
     * @param limit beyond which it holds
     * @param minimum from how many events on the figure means anything
     */
    record Leaf(Kind kind, @Nullable String slo, Duration over, Limit limit, long minimum) implements Condition {
        @Override
        public Truth holds(String ruleSlo, Budgets budgets, Findings findings) {
            return kind.holds(this, slo == null ? ruleSlo : slo, budgets, findings);
        }

        @Override
        public String text() {
            return kind.phrase
                    + (over.isZero() ? "" : " over " + Rounded.duration(over))
                    + (slo == null ? "" : " of " + slo)
                    + ' '
                    + limit;
        }

        @Override
        public List<Leaf> leaves() {
            return List.of(this);
        }
    }

    /**
     * Every one of them.
     *
     * @param parts one or more
     */
    record All(List<Condition> parts) implements Condition {
        @Override
        public Truth holds(String slo, Budgets budgets, Findings findings) {
            return decided(parts, Truth.FALSE, Truth.TRUE, slo, budgets, findings);
        }

        @Override
        public String text() {
            return joined(parts, " and ");
        }

        @Override
        public List<Leaf> leaves() {
            return parts.stream().flatMap(part -> part.leaves().stream()).toList();
        }
    }

    /**
     * At least one of them.
     *
     * @param parts one or more
     */
    record Any(List<Condition> parts) implements Condition {
        @Override
        public Truth holds(String slo, Budgets budgets, Findings findings) {
            return decided(parts, Truth.TRUE, Truth.FALSE, slo, budgets, findings);
        }

        @Override
        public String text() {
            return joined(parts, " or ");
        }

        @Override
        public List<Leaf> leaves() {
            return parts.stream().flatMap(part -> part.leaves().stream()).toList();
        }
    }

    private static Truth decided(
            List<Condition> parts, Truth deciding, Truth otherwise, String slo, Budgets budgets, Findings findings) {
        Truth result = otherwise;
        // No part is left out: the record shows the figures of all of them.
        for (Condition part : parts) {
            Truth truth = part.holds(slo, budgets, findings);
            if (truth == deciding || (truth == Truth.UNKNOWN && result != deciding)) {
                result = truth;
            }
        }
        return result;
    }

    private static String joined(List<Condition> parts, String word) {
        return parts.stream()
                .map(part -> part instanceof Leaf || parts.size() == 1 ? part.text() : '(' + part.text() + ')')
                .collect(Collectors.joining(word));
    }
}
