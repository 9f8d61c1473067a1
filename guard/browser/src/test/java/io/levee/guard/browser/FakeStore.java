package io.levee.guard.browser;

import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.EventTally;
import io.levee.guard.slo.gate.Evidence;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.slo.gate.Question;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.store.Tracked;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** In memory; only what these tests ask. */
final class FakeStore implements Store, Ledger {
    private final Map<String, EventTally> tallies = new HashMap<>();
    private final Map<String, List<Trace>> traces = new HashMap<>();
    private final Map<String, Tracked> tracked = new HashMap<>();
    private final Set<String> ids = new HashSet<>();
    private final List<Entry> entries = new ArrayList<>();

    @Override
    public synchronized void track(List<Tracked> objectives) {
        for (Tracked each : objectives) {
            tracked.put(each.slo(), each);
            tallies.put(each.slo(), new EventTally(each.matcher()));
            traces.put(each.slo(), new ArrayList<>());
        }
    }

    @Override
    public synchronized Appended append(List<Event> events, String batchId) {
        for (Event event : events) {
            if (event.id() == null || ids.add(event.id())) {
                for (Tracked each : tracked.values()) {
                    if (tallies.get(each.slo()).add(event) && event.outcome() != Event.Outcome.GOOD) {
                        traces.get(each.slo())
                                .add(new Trace(
                                        event.time(),
                                        event.traceId(),
                                        event.outcome(),
                                        event.durationMs(),
                                        event.release(),
                                        null));
                    }
                }
            }
        }
        return Appended.NONE;
    }

    @Override
    public void tick(Instant now) {}

    @Override
    public synchronized Terms.Source counts(String slo) {
        return tallies.get(slo);
    }

    @Override
    public synchronized List<Trace> traces(String slo, TimeRange range, int most) {
        return List.copyOf(traces.get(slo));
    }

    @Override
    public Ledger ledger() {
        return this;
    }

    @Override
    public synchronized Entry append(String kind, String slo, String actor, Map<String, Object> data) {
        Entry entry = new Entry(entries.size(), Instant.EPOCH, kind, slo, actor, data);
        entries.add(0, entry);
        return entry;
    }

    @Override
    public synchronized List<Entry> read(Query query) {
        return List.copyOf(entries);
    }

    @Override
    public boolean leads() {
        return true;
    }

    @Override
    public void close() {}

    @Override
    public List<Step> steps(String slo, TimeRange range, Duration step) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Evidence evidence(Question question, Terms terms, GatePolicy policy) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ReleaseSeen> releases(String slo, TimeRange range) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Instant last(String slo) {
        throw new UnsupportedOperationException();
    }

    @Override
    public AutoCloseable subscribe(Consumer<Entry> listener) {
        throw new UnsupportedOperationException();
    }
}
