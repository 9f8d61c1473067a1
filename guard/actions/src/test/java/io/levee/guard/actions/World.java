package io.levee.guard.actions;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.Evidence;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.slo.gate.Question;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.OpenSloFile;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.store.Tracked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A clock that the test sets, a store in memory, one objective, and as many guards on them as the test likes. */
final class World implements AutoCloseable {
    static final String SLO = "reads";

    Instant now = Instant.parse("2026-11-26T10:00:00Z");
    final FakeLedger ledger = new FakeLedger(() -> now);
    final Memory store = new Memory();
    final Map<String, String> environment = new HashMap<>(Map.of("PATH", "/usr/bin:/bin"));
    private final Path file;
    private final Catalog catalog;
    private final List<Actions> guards = new ArrayList<>();

    World(Path folder) {
        file = folder.resolve(ActionFile.NAME);
        catalog = Catalog.of(List.of(OpenSloFile.parse("slo.yaml", slo(SLO, "0.95", 200))));
        track(catalog);
    }

    /** An objective: that share of the events of service shop and the route of the same name, within so many milliseconds. */
    static String slo(String name, String target, long maxDurationMs) {
        return String.join(
                "\n",
                "apiVersion: openslo/v1",
                "kind: SLO",
                "metadata: {name: " + name + ", annotations: {levee.io/burn-rules: none}}",
                "spec:",
                "  service: shop",
                "  indicator:",
                "    metadata: {name: " + name + "-ok}",
                "    spec:",
                "      ratioMetric:",
                "        counter: true",
                "        good: {metricSource: {type: levee, spec: {routes: [" + name + "], maxDurationMs: "
                        + maxDurationMs + "}}}",
                "        total: {metricSource: {type: levee, spec: {routes: [" + name + "], maxDurationMs: "
                        + maxDurationMs + "}}}",
                "  timeWindow: [{duration: 28d, isRolling: true}]",
                "  budgetingMethod: Occurrences",
                "  objectives: [{target: " + target + "}]",
                "");
    }

    private void track(Catalog known) {
        store.track(known.slos().stream()
                .map(slo -> new Tracked(slo.name(), slo.matcher(known.sli(slo))))
                .toList());
    }

    World rules(String... lines) {
        try {
            Files.writeString(file, String.join("\n", lines) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Actions guard() {
        Actions guard = new Actions(() -> catalog, store, () -> now, new Actions.Settings(file, environment::get));
        guards.add(guard);
        return guard;
    }

    void events(int good, int bad) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < good + bad; i++) {
            events.add(event(i < good ? Event.Outcome.GOOD : Event.Outcome.BAD));
        }
        store.append(events);
    }

    private Event event(Event.Outcome outcome) {
        return new Event(
                null, now, "shop", null, SLO, outcome, null, Environment.PRODUCTION, null, null, null, 1, false, 10L);
    }

    /** Lets time pass second by second, as the server does. */
    void pass(Actions guard, Duration time) {
        for (long i = 0; i < time.toSeconds(); i++) {
            now = now.plusSeconds(1);
            guard.tick(now);
        }
    }

    List<String> kinds() {
        List<String> kinds = new ArrayList<>(
                ledger.read(Ledger.Query.of()).stream().map(Ledger.Entry::kind).toList());
        java.util.Collections.reverse(kinds);
        return kinds;
    }

    Ledger.Entry last(String kind) {
        return ledger.read(Ledger.Query.of(kind).most(1)).get(0);
    }

    @Override
    public void close() {
        guards.forEach(Actions::close);
    }

    /** Counts by steps of 10 seconds. */
    final class Memory implements Store {
        private final List<Tracked> tracked = new ArrayList<>();
        private final Map<String, TreeMap<Instant, Counts>> counts = new HashMap<>();

        @Override
        public void track(List<Tracked> objectives) {
            tracked.addAll(objectives);
        }

        @Override
        public synchronized Appended append(List<Event> events, @Nullable String batchId) {
            for (Event event : events) {
                for (Tracked each : tracked) {
                    if (each.matcher().matches(event)) {
                        Instant step = Instant.ofEpochSecond(event.time().getEpochSecond() / 10 * 10);
                        counts.computeIfAbsent(each.slo(), name -> new TreeMap<>())
                                .merge(step, each.matcher().counted(event), Counts::plus);
                    }
                }
            }
            return new Appended(events.size(), 0, 0, 0, 0);
        }

        @Override
        public Terms.Source counts(String slo) {
            return range -> steps(slo, range, Duration.ofSeconds(10)).stream()
                    .map(step -> step.tally().counts())
                    .reduce(Counts.NONE, Counts::plus);
        }

        @Override
        public synchronized List<Step> steps(String slo, TimeRange range, Duration step) {
            return counts.getOrDefault(slo, new TreeMap<>()).subMap(range.from(), range.to()).entrySet().stream()
                    .map(each -> new Step(each.getKey(), new Tally(each.getValue(), 0, 0)))
                    .toList();
        }

        @Override
        public Ledger ledger() {
            return ledger;
        }

        @Override
        public void tick(Instant now) {}

        @Override
        public Evidence evidence(Question question, Terms terms, GatePolicy policy) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Trace> traces(String slo, TimeRange range, int most) {
            return List.of();
        }

        @Override
        public List<ReleaseSeen> releases(String slo, TimeRange range) {
            return List.of();
        }

        @Override
        public @Nullable Instant last(String slo) {
            return null;
        }

        @Override
        public boolean leads() {
            return true;
        }

        @Override
        public void close() {}
    }
}
