package io.levee.guard.actions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A rule on an objective's budget. Immutable.
 *
 * @param name its name
 * @param slo the objective
 * @param enabled whether it may fire
 * @param when the condition
 * @param clear when its actions end; null for when {@code when} holds no more
 * @param hold how long {@code when} must hold before it fires
 * @param clearHold how long it must be clear before it ends
 * @param coolDown how long after its end it does not fire
 * @param limit how long its actions last at most
 * @param dryRun whether nothing is done but the record of what would be
 * @param mostPerDay how often it fires within 24 hours, at most
 * @param effects what it does
 */
record Rule(
        String name,
        String slo,
        boolean enabled,
        Condition when,
        @Nullable Condition clear,
        Duration hold,
        Duration clearHold,
        Duration coolDown,
        Duration limit,
        boolean dryRun,
        int mostPerDay,
        List<Effect> effects) {
    /** Copies the list. */
    Rule {
        effects = List.copyOf(effects);
    }

    /** Whether it is clear; too few events to tell are not clear. */
    Truth isClear(Budgets budgets, Findings findings) {
        Condition own = clear;
        if (own != null) {
            return own.holds(slo, budgets, findings);
        }
        return switch (when.holds(slo, budgets, findings)) {
            case TRUE -> Truth.FALSE;
            case FALSE -> Truth.TRUE;
            case UNKNOWN -> Truth.UNKNOWN;
        };
    }

    /** Which objectives it looks at. */
    List<String> slos() {
        List<Condition.Leaf> leaves = new ArrayList<>(when.leaves());
        if (clear != null) {
            leaves.addAll(clear.leaves());
        }
        return leaves.stream()
                .map(leaf -> leaf.slo() == null ? slo : leaf.slo())
                .distinct()
                .toList();
    }

    /** The rule as pages show it. */
    Map<String, Object> shown() {
        Map<String, Object> shown = new java.util.LinkedHashMap<>();
        shown.put("name", name);
        shown.put("slo", slo);
        shown.put("when", when.text() + (hold.isZero() ? "" : " for " + Rounded.duration(hold)));
        shown.put("then", effects.stream().map(Effect::text).collect(Collectors.joining("; ")));
        shown.put(
                "clear",
                (clear == null ? "no longer so" : clear.text())
                        + (clearHold.isZero() ? "" : " for " + Rounded.duration(clearHold)));
        shown.put("limit", Rounded.duration(limit));
        shown.put("coolDown", Rounded.duration(coolDown));
        shown.put("mostPerDay", mostPerDay);
        shown.put("dryRun", dryRun);
        return shown;
    }
}
