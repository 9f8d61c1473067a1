package io.levee.guard.views;

import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.store.history.Incident;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a pin on the curve opens: the incident's minutes, traces, releases and actions. */
final class IncidentPage {
    /** What led to it and what came of it is near it. */
    private static final Duration AROUND = Duration.ofMinutes(30);

    private static final int MOST_TRACES = 50;
    private static final int MOST_ENTRIES = 200;

    private final Store store;
    private final Releases releases;
    private final ViewSettings settings;

    IncidentPage(Store store, Releases releases, ViewSettings settings) {
        this.store = store;
        this.releases = releases;
        this.settings = settings;
    }

    Map<String, @Nullable Object> of(Watched watched, Incident incident) {
        TimeRange range = incident.range();
        TimeRange around = new TimeRange(range.from().minus(AROUND), range.to().plus(AROUND));
        Map<String, @Nullable Object> map = incident.toMap();
        map.put("minutes", minutes(watched, range));
        map.put("traces", traces(watched, range));
        map.put("decisions", decisions(watched, range));
        map.put("retries", retries(watched, range));
        map.put("releases", releases.within(watched, around));
        map.put("actions", actions(watched, around));
        return map;
    }

    private List<Map<String, Object>> minutes(Watched watched, TimeRange range) {
        List<Map<String, Object>> minutes = new ArrayList<>();
        for (Store.Step step : store.steps(watched.counted(), range, Duration.ofMinutes(1))) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("t", step.begin().toString());
            map.put("total", step.tally().counts().total());
            map.put("bad", step.tally().counts().bad());
            map.put("degraded", step.tally().counts().degraded());
            map.put("attempts", step.tally().attempts());
            map.put("savedByRetry", step.tally().savedByRetry());
            minutes.add(map);
        }
        return minutes;
    }

    private List<Map<String, @Nullable Object>> traces(Watched watched, TimeRange range) {
        List<Map<String, @Nullable Object>> traces = new ArrayList<>();
        for (Store.Trace trace : store.traces(watched.counted(), range, MOST_TRACES)) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            map.put("id", trace.id());
            map.put("time", trace.time().toString());
            map.put("outcome", trace.outcome().name().toLowerCase(Locale.ROOT));
            map.put("durationMs", trace.durationMs());
            map.put("release", trace.release());
            map.put("businessEvent", trace.businessEvent());
            map.put("url", settings.traceUrl(trace.id()));
            traces.add(map);
        }
        return traces;
    }

    private List<Map<String, @Nullable Object>> decisions(Watched watched, TimeRange range) {
        List<Map<String, @Nullable Object>> decisions = new ArrayList<>();
        for (Store.RetryDecision decision : store.decisions(watched.counted(), range, MOST_ENTRIES)) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            map.put("t", decision.time().toString());
            map.put("traceId", decision.traceId());
            map.put("rule", decision.rule());
            map.put("text", decision.text());
            map.put("url", decision.traceId() == null ? null : settings.traceUrl(decision.traceId()));
            decisions.add(map);
        }
        return decisions;
    }

    /** Of how many retries the records are some. */
    private long retries(Watched watched, TimeRange range) {
        Store.Tally tally = store.tally(watched.counted(), range);
        return tally.attempts() - tally.counts().total();
    }

    private List<Map<String, @Nullable Object>> actions(Watched watched, TimeRange around) {
        List<Map<String, @Nullable Object>> actions = new ArrayList<>();
        Ledger.Query query = Ledger.Query.of("action.").about(watched.counted()).most(10_000);
        for (Ledger.Entry entry : store.ledger().read(query)) {
            Instant at = entry.at();
            if (around.contains(at) && actions.size() < MOST_ENTRIES) {
                actions.add(LedgerPage.entry(entry));
            }
        }
        return actions;
    }
}
