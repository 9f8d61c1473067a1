package io.levee.guard.actions;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a rule stands. Immutable.
 *
 * @param state what it may do
 * @param until when that ends; null if nobody knows
 * @param firing the firing that is not over; null if there is none
 * @param why for people; null if the state says it all
 */
record Standing(
        State state,
        @Nullable Instant until,
        @Nullable Firing firing,
        @Nullable String why) {
    private static final Duration DAY = Duration.ofHours(24);

    /** What a rule may do. */
    enum State {
        /** Fire. */
        ARMED("armed"),
        /** End. */
        FIRING("firing"),
        /** Nothing until its cool-down is over. */
        COOLING("cooling"),
        /** Nothing. */
        OFF("off");

        final String text;

        State(String text) {
            this.text = text;
        }
    }

    static Standing of(Rule rule, List<Firing> firings, Budgets budgets, Instant now) {
        Firing last = firings.isEmpty() ? null : firings.get(firings.size() - 1);
        if (last != null && !last.isEnded()) {
            return new Standing(State.FIRING, last.until(), last, null);
        }
        if (!rule.enabled()) {
            return new Standing(State.OFF, null, null, "enabled: false");
        }
        for (String slo : rule.slos()) {
            if (budgets.slo(slo) == null) {
                return new Standing(State.OFF, null, null, "there is no SLO '" + slo + "'");
            }
        }
        if (last != null && now.isBefore(last.end().plus(rule.coolDown()))) {
            return new Standing(State.COOLING, last.end().plus(rule.coolDown()), null, null);
        }
        List<Firing> today = firings.stream()
                .filter(firing -> firing.at().plus(DAY).isAfter(now))
                .toList();
        if (today.size() >= rule.mostPerDay()) {
            Instant until = today.get(today.size() - rule.mostPerDay()).at().plus(DAY);
            return new Standing(State.OFF, until, null, "fired " + today.size() + " times within 24 hours");
        }
        return new Standing(State.ARMED, null, null, null);
    }
}
