package io.levee.guard.views;

import static java.math.RoundingMode.CEILING;

import io.levee.guard.slo.BurnRule;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Figures;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.prometheus.PrometheusRules;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A burn-rate rule as it stands: both of its windows' burn rates, null without events. */
record Burn(
        BurnRule rule,
        Ratio factor,
        @Nullable Ratio longRate,
        @Nullable Ratio shortRate,
        boolean firing) {
    static Burn of(
            BurnRule rule,
            Duration window,
            @Nullable ErrorBudget longBudget,
            @Nullable ErrorBudget shortBudget,
            long minimumBad) {
        boolean firing =
                longBudget != null && shortBudget != null && rule.fires(longBudget, shortBudget, window, minimumBad);
        return new Burn(
                rule,
                rule.factor(window),
                longBudget == null ? null : longBudget.burnRate(),
                shortBudget == null ? null : shortBudget.burnRate(),
                firing);
    }

    Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("rule", rule.name());
        map.put("long", PrometheusRules.promQl(rule.longWindow()));
        map.put("short", PrometheusRules.promQl(rule.shortWindow()));
        map.put("threshold", Figures.amount(factor, CEILING));
        map.put("longBurnRate", Figures.amount(longRate, CEILING));
        map.put("shortBurnRate", Figures.amount(shortRate, CEILING));
        map.put("firing", firing);
        return map;
    }
}
