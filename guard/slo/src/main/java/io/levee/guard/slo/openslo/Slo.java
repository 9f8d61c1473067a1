package io.levee.guard.slo.openslo;

import io.levee.guard.slo.Budgets;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Objective;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.Window;
import io.levee.guard.slo.gate.Answer;
import io.levee.guard.slo.gate.Decision;
import io.levee.guard.slo.gate.EventMatcher;
import io.levee.guard.slo.gate.Evidence;
import io.levee.guard.slo.gate.Gate;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.slo.gate.Question;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A service level objective. Immutable.
 *
 * @param metadata name, labels, annotations
 * @param description for people
 * @param service the service's name
 * @param indicator the indicator, if it stands here
 * @param indicatorRef the name of an SLI, otherwise; both null for a composite
 * @param window over which time; 28 days rolling if left out
 * @param method how the budget is counted
 * @param objectives one or more; a threshold has exactly one
 * @param alertPolicies the policies that stand here
 * @param alertPolicyRefs the names of AlertPolicies
 * @param additions what Levee's annotations say
 * @param tree the whole document
 */
public record Slo(
        Metadata metadata,
        @Nullable String description,
        String service,
        @Nullable Sli indicator,
        @Nullable String indicatorRef,
        Window window,
        Method method,
        List<Target> objectives,
        List<AlertPolicy> alertPolicies,
        List<String> alertPolicyRefs,
        Additions additions,
        Map<String, @Nullable Object> tree)
        implements OpenSloObject {
    /** How a budget is counted. */
    public enum Method {
        /** By events. */
        OCCURRENCES("Occurrences"),
        /** By good and bad slices of time. */
        TIMESLICES("Timeslices"),
        /** By the mean of the slices' ratios. */
        RATIO_TIMESLICES("RatioTimeslices");

        private final String text;

        Method(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * One objective.
     *
     * @param displayName for people
     * @param op lte, gte, lt or gt, for a threshold; otherwise null
     * @param value what a threshold is held against; otherwise null
     * @param target at least 0, below 1
     * @param sliceTarget the share of good events that makes a slice good; null if it is not needed
     * @param slice how long a slice is; null for Occurrences
     * @param indicator a composite's own indicator, if it stands here
     * @param indicatorRef the name of it, otherwise; both null if it is no composite
     * @param compositeWeight a composite's weight; 1 if left out
     */
    public record Target(
            @Nullable String displayName,
            @Nullable String op,
            @Nullable BigDecimal value,
            Ratio target,
            @Nullable Ratio sliceTarget,
            @Nullable Span slice,
            @Nullable Sli indicator,
            @Nullable String indicatorRef,
            Ratio compositeWeight) {}

    /** Copies the lists. */
    public Slo {
        objectives = List.copyOf(objectives);
        alertPolicies = List.copyOf(alertPolicies);
        alertPolicyRefs = List.copyOf(alertPolicyRefs);
    }

    /**
     * The objective's name.
     *
     * @return the metadata's
     */
    public String name() {
        return metadata.name();
    }

    /**
     * The name of one of its objectives, as rules, metrics and pages show it.
     *
     * @param objective which one, from 0
     * @return {@link #name()}, with {@code -0}, {@code -1} ... behind it where there are several
     */
    public String name(int objective) {
        return objectives.size() == 1 ? name() : name() + "-" + objective;
    }

    /**
     * Whether its objectives have indicators of their own.
     *
     * @return whether it is a composite
     */
    public boolean isComposite() {
        return indicator == null && indicatorRef == null;
    }

    /**
     * What is promised, with what does not count and what was promised earlier.
     *
     * @param objective which one, from 0
     * @return the terms
     */
    public Terms terms(int objective) {
        return new Terms(
                new Objective(objectives.get(objective).target(), additions.degradedWeight(), additions.minimumTotal()),
                window,
                additions.earlier(),
                additions.exclusions());
    }

    /**
     * The error budget at an instant, by whichever method the objective counts.
     *
     * @param objective which one, from 0
     * @param now the instant
     * @param source the events
     * @return the budget, in events or in slices
     * @throws IllegalArgumentException if the indicator is a threshold, which has no events, or the whole window is excluded
     */
    public ErrorBudget budget(int objective, Instant now, Terms.Source source) {
        return budgets(objective, window.at(now), source).at(now);
    }

    /**
     * The error budgets at any number of instants, by whichever method the objective counts.
     *
     * @param objective which one, from 0
     * @param stretch holds every window that will be asked for
     * @param source the events
     * @return the budgets, in events or in slices
     * @throws IllegalArgumentException if the indicator is a threshold, which has no events
     */
    public Budgets budgets(int objective, TimeRange stretch, Terms.Source source) {
        Target target = objectives.get(objective);
        Span slice = target.slice();
        if (method == Method.OCCURRENCES || slice == null) {
            return Budgets.ofEvents(terms(objective), stretch, source);
        }
        Sli own = indicator;
        if (own != null && own.threshold() != null && own.ofEvents() == null) {
            throw new IllegalArgumentException(
                    "SLO '" + name() + "' judges a value, not events; count its slices where the values are");
        }
        Ratio sliceTarget = target.sliceTarget();
        return Budgets.ofSlices(
                terms(objective),
                stretch,
                source,
                new Budgets.Slicing(
                        slice.toDuration(),
                        sliceTarget == null ? Ratio.ONE : sliceTarget,
                        additions.noData(),
                        method == Method.RATIO_TIMESLICES));
    }

    /**
     * Whether the gate can decide by it.
     *
     * @return why not, and what to do; null if it can
     */
    public @Nullable String gateRefusal() {
        if (isComposite()) {
            return "SLO '" + name() + "' is a composite, which counts no events; ask about the SLOs that it is made of";
        }
        return method == Method.OCCURRENCES
                ? null
                : "SLO '" + name() + "' counts " + method
                        + ", of which one slice is more than any limit of the gate; the gate needs Occurrences: write an SLO"
                        + " of the same indicator that counts them";
    }

    /**
     * Asks the gate about each of its objectives. The worst answer decides: a limit that is exceeded before too few events,
     * before a pass; among the same answers the one of the strictest target.
     *
     * @param policy how much a release may cost
     * @param question what is asked
     * @param evidence what to decide from, for the terms of an objective
     * @return the decision; with several objectives its reason begins with the name of the one that decided, and a note names all
     * @throws IllegalArgumentException if the gate cannot decide by it
     */
    public Decision decide(GatePolicy policy, Question question, Function<Terms, Evidence> evidence) {
        String refusal = gateRefusal();
        if (refusal != null) {
            throw new IllegalArgumentException(refusal);
        }
        List<String> answers = new ArrayList<>();
        Decision worst = null;
        int decides = 0;
        for (int i = 0; i < objectives.size(); i++) {
            Terms terms = terms(i);
            Decision decision = new Gate(policy, terms.objective()).decide(question, evidence.apply(terms));
            answers.add(name(i) + " (target " + objectives.get(i).target() + ") " + decision.answer());
            if (worst == null || isWorse(decision, i, worst, decides)) {
                worst = decision;
                decides = i;
            }
        }
        if (worst == null) {
            throw new IllegalStateException("SLO '" + name() + "' has no objective");
        }
        return objectives.size() == 1
                ? worst
                : worst.of(
                        name(decides),
                        "the worst of " + objectives.size() + " objectives decides: " + String.join(", ", answers));
    }

    private boolean isWorse(Decision one, int index, Decision other, int otherIndex) {
        int ranks = Integer.compare(rank(one.answer()), rank(other.answer()));
        if (ranks != 0) {
            return ranks > 0;
        }
        return objectives
                        .get(index)
                        .target()
                        .compareTo(objectives.get(otherIndex).target())
                > 0;
    }

    private static int rank(Answer answer) {
        return switch (answer) {
            case PASS -> 0;
            case HOLD -> 1;
            case PAUSE, REPORT, ABORT -> 2;
        };
    }

    /**
     * Which events it is about.
     *
     * @param sli its indicator
     * @return the matcher
     */
    public EventMatcher matcher(Sli sli) {
        MetricSource source = sli.ofEvents();
        return new EventMatcher(
                service,
                new java.util.HashSet<>(List.of(metadata.name(), sli.metadata().name())),
                source == null ? Set.of() : source.routes(),
                source == null ? null : source.maxDurationMs());
    }
}
