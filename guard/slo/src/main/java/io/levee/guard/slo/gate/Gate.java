package io.levee.guard.slo.gate;

import static java.math.RoundingMode.CEILING;
import static java.math.RoundingMode.FLOOR;

import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Objective;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Sample;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides whether a release may go on. Pure: the same evidence always gets the same decision. Immutable and thread-safe.
 *
 * <table>
 *   <caption>Answers</caption>
 *   <tr><th>environment</th><th>allowed</th><th>else</th></tr>
 *   <tr><td>staging</td><td>the policy's share of the window's total (or budget)</td><td>{@link Answer#PAUSE}</td></tr>
 *   <tr><td>canary</td><td>the policy's share, within the policy's time</td><td>{@link Answer#ABORT}</td></tr>
 *   <tr><td>production</td><td>nothing beyond chance</td><td>{@link Answer#REPORT}, unless a report is attached</td></tr>
 *   <tr><td>any, too few events</td><td></td><td>{@link Answer#HOLD}</td></tr>
 * </table>
 *
 * <p>A limit that is exceeded is exceeded however few events there were: more of them cannot take back what was spent. Too
 * few events therefore only keep a release from passing.
 */
public final class Gate {
    private final GatePolicy policy;
    private final Objective objective;
    private final long minimumEvents;

    /**
     * A gate of one objective.
     *
     * @param policy how much a release may cost
     * @param objective what is promised
     * @throws IllegalArgumentException if the policy leaves the minimum of events to the target and that takes too many
     */
    public Gate(GatePolicy policy, Objective objective) {
        this.policy = policy;
        this.objective = objective;
        Long stated = policy.minimumEvents();
        this.minimumEvents = stated == null ? Sample.withoutFailure(objective.target()) : stated;
    }

    /**
     * Decides.
     *
     * @param question what is asked
     * @param evidence what to decide from
     * @return the decision
     */
    public Decision decide(Question question, Evidence evidence) {
        Attribution attribution = Attribution.of(evidence.minutes(), objective, policy.minimumStable());
        ErrorBudget budget = evidence.budget();
        Ratio limitPercent = switch (question.environment()) {
            case STAGING -> policy.staging();
            case CANARY -> policy.canary();
            case PRODUCTION -> Ratio.ZERO;
        };
        Ratio whole = policy.unit() == GatePolicy.Unit.TOTAL ? Ratio.of(budget.total()) : budget.budget();
        Ratio limit = limitPercent.times(whole).dividedBy(Ratio.of(100));
        List<String> notes = new ArrayList<>();
        Answer answer = answer(question, attribution, budget, limit, notes);
        notes(notes, question, attribution, budget, limit);
        Decision bare = new Decision(
                answer,
                question,
                "",
                notes,
                policy.unit(),
                limitPercent,
                limit,
                minimumEvents,
                attribution,
                budget,
                evidence.traces());
        return new Decision(
                answer,
                question,
                reason(bare),
                notes,
                policy.unit(),
                limitPercent,
                limit,
                minimumEvents,
                attribution,
                budget,
                evidence.traces());
    }

    private Answer answer(
            Question question, Attribution attribution, ErrorBudget budget, Ratio limit, List<String> notes) {
        boolean production = question.environment() == Environment.PRODUCTION;
        boolean exceeded =
                production ? attribution.beyondChance() : attribution.excess().compareTo(limit) > 0;
        if (exceeded) {
            switch (question.environment()) {
                case STAGING -> {
                    return Answer.PAUSE;
                }
                case CANARY -> {
                    return Answer.ABORT;
                }
                case PRODUCTION -> {
                    if (!question.impactReport()) {
                        return Answer.REPORT;
                    }
                    notes.add("an SLO impact report is attached, so what the release costs is known and wanted");
                }
            }
        }
        boolean few = attribution.own().total() < Math.max(1, minimumEvents) || budget.total() == 0;
        return few ? Answer.HOLD : Answer.PASS;
    }

    private String reason(Decision decision) {
        Attribution attribution = decision.attribution();
        String cost = decision.question().environment() + " used " + consumed(decision);
        return switch (decision.answer()) {
            case HOLD ->
                "not enough data: " + attribution.own().total() + " events of release "
                        + decision.question().release() + ", " + Math.max(1, minimumEvents) + " are needed"
                        + (attribution.excess().signum() > 0 ? "; " + cost : "");
            case REPORT ->
                cost + ", more than the stable side's failure rate and chance explain; in production nothing new is"
                        + " allowed without an SLO impact report";
            case PASS, PAUSE, ABORT -> cost + limit(decision);
        };
    }

    private String consumed(Decision decision) {
        Ratio percent = decision.consumedPercent();
        String events = events(decision.attribution().excess(), CEILING) + " events of "
                + decision.attribution().own().total();
        return percent == null
                ? events
                : text(percent, 6, CEILING)
                        + (policy.unit() == GatePolicy.Unit.TOTAL
                                ? " points of the total ("
                                : " % of the error budget (")
                        + events + ")";
    }

    private String limit(Decision decision) {
        if (decision.question().environment() == Environment.PRODUCTION) {
            return decision.attribution().beyondChance()
                    ? ", which the attached report accounts for"
                    : ", no more than the stable side's failure rate and chance explain";
        }
        return ", limit " + text(decision.limitPercent(), 6, FLOOR) + " (" + events(decision.limitEvents(), FLOOR)
                + " events)";
    }

    private void notes(
            List<String> notes, Question question, Attribution attribution, ErrorBudget budget, Ratio limit) {
        if (attribution.expected().signum() > 0) {
            notes.add("of " + events(attribution.spent(), CEILING) + " events that it spent, "
                    + events(attribution.expected(), FLOOR)
                    + " are what the stable side's failure rate in the same minutes explains");
        }
        if (attribution.disturbed() > 0) {
            notes.add("in " + attribution.disturbed() + " of " + attribution.minutes()
                    + " minutes the stable side missed the objective itself");
        }
        if (attribution.spent().signum() > 0 && !attribution.calmRateKnown()) {
            notes.add("the stable side had " + attribution.stable().total() + " events in the same minutes, fewer than "
                    + policy.minimumStable() + ": all that the release spent is put down to it");
        }
        if (question.environment() != Environment.PRODUCTION && budget.total() > 0 && limit.compareTo(Ratio.ONE) < 0) {
            notes.add("with " + budget.total() + " events in the window the limit is less than one event, so none may"
                    + " fail");
        }
        if (budget.total() > 0 && budget.left().signum() < 0) {
            notes.add("the objective's error budget is overspent by "
                    + events(budget.left().negated(), CEILING) + " events");
        }
    }

    private static String events(Ratio events, RoundingMode rounding) {
        return text(events, 3, rounding);
    }

    private static String text(Ratio value, int places, RoundingMode rounding) {
        return Ratio.of(value.toDecimal(places, rounding)).toString();
    }
}
