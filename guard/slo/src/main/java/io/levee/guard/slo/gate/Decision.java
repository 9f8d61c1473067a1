package io.levee.guard.slo.gate;

import static java.math.RoundingMode.CEILING;
import static java.math.RoundingMode.FLOOR;

import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Figures;
import io.levee.guard.slo.Ratio;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the gate decided, and from which figures: whoever reads it can reckon it again. Immutable.
 *
 * @param answer the answer
 * @param question what was asked
 * @param reason one sentence with the figures that decided
 * @param notes further sentences that a reader should know
 * @param unit what the limit is a percentage of
 * @param limitPercent the limit; 0 in production, where nothing new is allowed
 * @param limitEvents the limit in events
 * @param minimumEvents how many events of the release are enough data
 * @param attribution what the release cost by itself
 * @param budget of the objective's whole window
 * @param traces some traces of the release's bad events
 */
public record Decision(
        Answer answer,
        Question question,
        String reason,
        List<String> notes,
        GatePolicy.Unit unit,
        Ratio limitPercent,
        Ratio limitEvents,
        long minimumEvents,
        Attribution attribution,
        ErrorBudget budget,
        List<String> traces) {
    private static final int PLACES = 6;

    /** Copies the lists. */
    public Decision {
        notes = List.copyOf(notes);
        traces = List.copyOf(traces);
    }

    /**
     * The same as the decision of one of several objectives.
     *
     * @param objective its name, which stands before the reason
     * @param note a further sentence
     * @return a new decision
     */
    public Decision of(String objective, String note) {
        List<String> more = new ArrayList<>(notes);
        more.add(note);
        return new Decision(
                answer,
                question,
                objective + ": " + reason,
                more,
                unit,
                limitPercent,
                limitEvents,
                minimumEvents,
                attribution,
                budget,
                traces);
    }

    /**
     * What the release cost, in percent of the unit.
     *
     * @return null without events in the window
     */
    public @Nullable Ratio consumedPercent() {
        Ratio whole = unit == GatePolicy.Unit.TOTAL ? Ratio.of(budget.total()) : budget.budget();
        return whole.signum() == 0 ? null : attribution.excess().times(100).dividedBy(whole);
    }

    /**
     * What the release cost, in milliseconds of the window.
     *
     * @return null without events in the window
     */
    public @Nullable Ratio consumedMs() {
        return budget.total() == 0
                ? null
                : attribution.excess().times(budget.windowMs()).dividedBy(Ratio.of(budget.total()));
    }

    /**
     * The decision as plain values (text, numbers, lists, maps, null), in a fixed order, for JSON. Numbers are rounded to 6
     * places, what was consumed upwards and limits downwards.
     *
     * @return a new map
     */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("decision", answer.toString());
        map.put("exitCode", answer.exitCode());
        map.put("reason", reason);
        map.put("notes", notes);
        map.put("slo", question.slo());
        map.put("environment", question.environment().toString());
        map.put("release", question.release());
        map.put("asOf", question.at().toString());
        map.put("unit", unit.toString());
        map.put("consumedPercent", shown(consumedPercent(), CEILING));
        map.put("limitPercent", shown(limitPercent, FLOOR));
        map.put("consumedEvents", shown(attribution.excess(), CEILING));
        map.put("limitEvents", shown(limitEvents, FLOOR));
        map.put("consumedMs", shown(consumedMs(), CEILING));
        map.put("remainingMs", shown(budget.leftMs(), FLOOR));
        map.put("total", attribution.own().total());
        map.put("bad", attribution.own().bad());
        map.put("degraded", attribution.own().degraded());
        map.put("expectedEvents", shown(attribution.expected(), FLOOR));
        map.put("stableTotal", attribution.stable().total());
        map.put("stableBad", attribution.stable().bad());
        map.put("minutes", attribution.minutes());
        map.put("disturbedMinutes", attribution.disturbed());
        map.put("minimumTotal", minimumEvents);
        map.put("windowTotal", budget.total());
        map.put("windowMs", budget.windowMs());
        map.put("impactReport", question.impactReport());
        map.put("traces", traces);
        return map;
    }

    private static @Nullable BigDecimal shown(@Nullable Ratio value, RoundingMode rounding) {
        return Figures.rounded(value, PLACES, rounding);
    }
}
