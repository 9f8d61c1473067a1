package io.levee.guard.server.hooks;

import io.levee.guard.server.gate.Asked;
import io.levee.guard.server.gate.GateService;
import io.levee.guard.server.gate.Told;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.gate.Answer;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.store.Store;
import io.levee.guard.web.WebException;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The values behind the fixed set of names. Where data is short there is no element, so that nobody takes a guess for a figure. */
final class PromValues {
    private static final int PLACES = 9;
    private static final Set<String> BUDGET = new TreeSet<>(Set.of(
            "slo:objective:ratio",
            "slo:error_budget:ratio",
            "slo:period_error_budget_remaining:ratio",
            "slo:period_burn_rate:ratio",
            "levee_slo_budget_left_ratio",
            "levee_slo_budget_left_ms"));
    private static final Set<String> GATE =
            new TreeSet<>(Set.of("levee_gate_exit_code", "levee_gate_consumed_percent", "levee_release_error_ratio"));

    private final Supplier<Catalog> catalog;
    private final Store store;
    private final GateService gate;

    PromValues(Supplier<Catalog> catalog, Store store, GateService gate) {
        this.catalog = catalog;
        this.store = store;
        this.gate = gate;
    }

    /** One element: its labels, and its value in the form of Prometheus. */
    record Element(Map<String, String> labels, String value) {}

    List<Element> at(PromSelector selector, Instant when) {
        if (BUDGET.contains(selector.name())) {
            return budgets(selector, when);
        }
        if (GATE.contains(selector.name())) {
            return gates(selector, when);
        }
        throw new IllegalArgumentException(
                "'" + selector.name() + "' is not known; known are " + BUDGET + " and " + GATE);
    }

    private List<Element> budgets(PromSelector selector, Instant when) {
        List<Element> elements = new ArrayList<>();
        for (Slo slo : catalog.get().slos()) {
            Map<String, String> labels = labels(selector.name(), slo);
            if (!slo.isComposite() && selector.matches(labels)) {
                Ratio value = value(selector.name(), slo, when);
                if (value != null) {
                    elements.add(new Element(labels, text(value)));
                }
            }
        }
        return elements;
    }

    private static Map<String, String> labels(String name, Slo slo) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("__name__", name);
        labels.put("slo", slo.name());
        labels.put("service", slo.service());
        labels.put("sloth_slo", slo.name());
        labels.put("sloth_service", slo.service());
        labels.put("sloth_id", slo.service() + "-" + slo.name());
        return labels;
    }

    private @Nullable Ratio value(String name, Slo slo, Instant when) {
        Ratio target = slo.objectives().get(0).target();
        if (name.equals("slo:objective:ratio")) {
            return target;
        }
        if (name.equals("slo:error_budget:ratio")) {
            return target.complement();
        }
        ErrorBudget budget;
        try {
            budget = slo.budget(0, when, store.counts(slo.name()));
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (budget.state() == ErrorBudget.State.NO_DATA || budget.state() == ErrorBudget.State.TOO_FEW) {
            return null;
        }
        return switch (name) {
            case "levee_slo_budget_left_ms" -> budget.leftMs();
            case "slo:period_burn_rate:ratio" -> budget.burnRate();
            default -> budget.leftShare();
        };
    }

    private List<Element> gates(PromSelector selector, Instant when) {
        String slo = needed(selector, "slo");
        String environment = needed(selector, "environment");
        String release = needed(selector, "release");
        Told told;
        try {
            told = gate.look(Asked.of(slo, environment, release, "prometheus", "prometheus"), when);
        } catch (WebException e) {
            throw new IllegalArgumentException(e.getMessage());
        }
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("__name__", selector.name());
        labels.put("slo", slo);
        labels.put("environment", Environment.parse(environment).toString());
        labels.put("release", release);
        if (!selector.matches(labels) || told.answer() == Answer.HOLD) {
            return List.of();
        }
        Ratio consumed = told.decision().consumedPercent();
        var own = told.decision().attribution().own();
        Ratio value = switch (selector.name()) {
            case "levee_gate_exit_code" -> Ratio.of(told.answer().exitCode());
            case "levee_gate_consumed_percent" -> consumed;
            default -> own.total() == 0 ? null : Ratio.of(own.bad(), own.total());
        };
        return value == null ? List.of() : List.of(new Element(labels, text(value)));
    }

    private static String needed(PromSelector selector, String label) {
        String value = selector.exact(label);
        if (value == null) {
            throw new IllegalArgumentException(selector.name() + " needs " + label + "=\"...\"");
        }
        return value;
    }

    private static String text(Ratio value) {
        return value.toDecimal(PLACES, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    }
}
