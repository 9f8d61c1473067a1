package io.levee.guard.store.history;

import static java.math.RoundingMode.CEILING;

import io.levee.guard.slo.BurnRule;
import io.levee.guard.slo.Counts;
import io.levee.guard.slo.Figures;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A time in which the budget burned faster than a rule allows. Found in the counts each time, never stored. Immutable.
 *
 * @param slo the objective's name
 * @param from its first minute
 * @param last its last minute, so far
 * @param open whether a rule still fires
 * @param rule the most severe rule that fired
 * @param peakAt the minute that cost the most; the first of several
 * @param peakBurnRate the burn rate of that minute alone
 * @param counts its events
 * @param spent what it cost, in events or slices
 * @param spentMs what it cost, in milliseconds of the window at its end; null without events in that
 * @param spentShare what it cost, as a share of that window's budget
 */
public record Incident(
        String slo,
        Instant from,
        Instant last,
        boolean open,
        BurnRule rule,
        Instant peakAt,
        @Nullable Ratio peakBurnRate,
        Counts counts,
        Ratio spent,
        @Nullable Ratio spentMs,
        @Nullable Ratio spentShare) {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /**
     * What addresses call it.
     *
     * @return the objective's name and the minute of its beginning, counted since 1970
     */
    public String id() {
        return slo + "-" + from.getEpochSecond() / MINUTE.toSeconds();
    }

    /**
     * The minutes in which it happened.
     *
     * @return up to the end of its last minute
     */
    public TimeRange range() {
        return new TimeRange(from, last.plus(MINUTE));
    }

    /**
     * As plain values, in a fixed order, for JSON.
     *
     * @return a new map
     */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", id());
        map.put("slo", slo);
        map.put("from", from.toString());
        map.put("to", open ? null : range().to().toString());
        map.put("peakAt", peakAt.toString());
        map.put("peakBurnRate", Figures.amount(peakBurnRate, CEILING));
        map.put("bad", counts.bad());
        map.put("degraded", counts.degraded());
        map.put("total", counts.total());
        map.put("spentMs", Figures.amount(spentMs, CEILING));
        map.put("spentPercent", Figures.percent(spentShare, CEILING));
        map.put("rule", rule.name());
        return map;
    }
}
