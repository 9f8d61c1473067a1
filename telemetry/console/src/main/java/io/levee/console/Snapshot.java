package io.levee.console;

import io.levee.Breaker;
import io.levee.Bulkhead;
import io.levee.ConcurrencyLimit;
import io.levee.Hedge;
import io.levee.Levee;
import io.levee.LeveeSettings;
import io.levee.LeveeState;
import io.levee.Limiter;
import io.levee.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The state of all downstreams at one moment, as what the page and {@code api/state} show. */
final class Snapshot {
    /** Rates are those of so many samples, of a second each. */
    static final int RATE_SAMPLES = 10;

    private Snapshot() {}

    static Map<String, Object> of(List<Panel> panels) {
        List<Object> downstreams = new ArrayList<>();
        List<Object> shutDown = new ArrayList<>();
        Counts sum = Counts.ZERO;
        double seconds = 0;
        for (Panel panel : panels) {
            Levee levee = panel.levee();
            if (levee == null) {
                continue;
            }
            List<Panel.Sample> history = panel.history();
            Recent recent = Recent.of(history);
            sum = sum.plus(recent.counts);
            seconds = Math.max(seconds, recent.seconds);
            (panel.isClosed() ? shutDown : downstreams).add(downstream(panel, levee, history, recent));
        }
        downstreams.addAll(shutDown);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("totals", rates(sum, seconds));
        all.put("downstreams", downstreams);
        return all;
    }

    private static Map<String, Object> downstream(Panel panel, Levee levee, List<Panel.Sample> history, Recent recent) {
        LeveeState state = levee.state();
        Bulkhead bulkhead = levee.bulkhead();
        Health health = Health.of(state, bulkhead, recent.counts);
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", panel.id());
        map.put("label", panel.label());
        map.put("health", health.word());
        map.put("healthText", health.text());
        map.put("settings", settings(levee.settings()));
        map.put("breaker", breaker(state.breaker()));
        map.put("limiter", limiter(state.limiter()));
        map.put("bulkhead", bulkhead == null ? null : Map.of("inFlight", state.inFlight(), "max", bulkhead.max()));
        map.put("retryBudget", retryBudget(panel, state.retryBudgetLeft()));
        map.put("extras", extras(state));
        map.put("pending", state.pending());
        map.put("dropped", panel.droppedNotes());
        map.put("rates", rates(recent.counts, recent.seconds));
        map.put("counts", counts(panel.counts()));
        map.put("history", history(history));
        return map;
    }

    private static Map<String, Object> settings(LeveeSettings settings) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("retry", settings.retry().toString());
        map.put("deadlineMs", millis(settings.deadline()));
        map.put("attemptTimeoutMs", millis(settings.attemptTimeout()));
        map.put("idempotent", settings.idempotent());
        return map;
    }

    private static @Nullable Long millis(@Nullable Duration time) {
        return time == null ? null : time.toMillis();
    }

    private static @Nullable Map<String, Object> breaker(Breaker.@Nullable Snapshot breaker) {
        if (breaker == null) {
            return null;
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("state", breaker.state());
        map.put("failures", breaker.failures());
        map.put("calls", breaker.calls());
        map.put("slow", breaker.slow());
        map.put("transitions", breaker.generation());
        return map;
    }

    private static @Nullable Map<String, Object> limiter(Limiter.@Nullable Snapshot limiter) {
        if (limiter == null) {
            return null;
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("permitsPerSecond", limiter.permitsPerSecond());
        map.put("burst", limiter.burst());
        map.put("waitingFirst", limiter.waitingFirst());
        map.put("waitingRetries", limiter.waitingRetries());
        map.put("waitMs", limiter.waitNanos() / 1e6);
        return map;
    }

    private static @Nullable Map<String, Object> retryBudget(Panel panel, double left) {
        return Double.isNaN(left) ? null : Map.of("left", left, "most", panel.mostTokens(left));
    }

    /** The adaptive parts, each as a name and a line. */
    private static List<Map<String, String>> extras(LeveeState state) {
        List<Map<String, String>> extras = new ArrayList<>();
        Throttle.Snapshot throttle = state.throttle();
        if (throttle != null) {
            extras.add(extra(
                    "Throttle",
                    "rejects " + Math.round(100 * throttle.rejectionProbability()) + " %, " + throttle.accepts()
                            + " of " + throttle.requests() + " accepted"));
        }
        ConcurrencyLimit.Snapshot concurrency = state.concurrencyLimit();
        if (concurrency != null) {
            extras.add(extra("Concurrency", concurrency.inFlight() + " of " + concurrency.limit() + " in flight"));
        }
        Hedge.Snapshot hedge = state.hedge();
        if (hedge != null) {
            extras.add(extra("Hedges", hedge.sent() + " sent, " + hedge.won() + " won"));
        }
        return extras;
    }

    private static Map<String, String> extra(String name, String text) {
        return Map.of("name", name, "text", text);
    }

    private static Map<String, Object> rates(Counts counts, double seconds) {
        double per = seconds > 0 ? seconds : Double.NaN;
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("seconds", seconds);
        map.put("calls", counts.calls() / per);
        map.put("attempts", counts.attempts() / per);
        map.put("retries", counts.retries() / per);
        map.put("savedByRetry", counts.savedByRetry() / per);
        map.put("failures", counts.failed() / per);
        map.put("refusals", counts.refused() / per);
        map.put("success", counts.success());
        map.put("amplification", counts.amplification());
        return map;
    }

    private static Map<String, Object> counts(Counts counts) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("calls", counts.calls());
        map.put("succeededAtOnce", counts.succeededAtOnce());
        map.put("savedByRetry", counts.savedByRetry());
        map.put("failed", counts.failed());
        map.put("refused", counts.refused());
        map.put("attempts", counts.attempts());
        map.put("retries", counts.retries());
        return map;
    }

    private static List<List<Double>> history(List<Panel.Sample> history) {
        List<List<Double>> points = new ArrayList<>(history.size());
        for (Panel.Sample sample : history) {
            double seconds = Math.max(0.001, sample.seconds());
            points.add(List.of(
                    sample.counts().firstAttempts() / seconds,
                    sample.counts().retries() / seconds,
                    sample.counts().failed() / seconds));
        }
        return points;
    }

    /** The last samples together. */
    private record Recent(Counts counts, double seconds) {
        static Recent of(List<Panel.Sample> history) {
            Counts counts = Counts.ZERO;
            double seconds = 0;
            for (Panel.Sample sample : history.subList(Math.max(0, history.size() - RATE_SAMPLES), history.size())) {
                counts = counts.plus(sample.counts());
                seconds += sample.seconds();
            }
            return new Recent(counts, seconds);
        }
    }
}
