package io.levee.guard.views;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.Evidence;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.slo.gate.Question;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.store.Tracked;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

final class MemoryStore implements Store {
    private final Map<String, Tracked> tracked = new HashMap<>();
    private final Map<String, NavigableMap<Instant, Tally>> minutes = new HashMap<>();
    private final Map<String, Instant> last = new HashMap<>();
    private final List<Trace> traces = new ArrayList<>();
    private final Memory ledger;

    MemoryStore(InstantSource time) {
        ledger = new Memory(time);
    }

    @Override
    public void track(List<Tracked> objectives) {
        objectives.forEach(each -> tracked.put(each.slo(), each));
    }

    @Override
    public Appended append(List<Event> events, String batchId) {
        for (Event event : events) {
            for (Tracked each : tracked.values()) {
                if (each.matcher().matches(event)) {
                    Counts counts = each.matcher().counted(event);
                    minutes.computeIfAbsent(each.slo(), name -> new TreeMap<>())
                            .merge(
                                    event.time().truncatedTo(ChronoUnit.MINUTES),
                                    new Tally(counts, event.attempts(), event.savedByRetry() ? 1 : 0),
                                    Tally::plus);
                    last.merge(each.slo(), event.time(), (a, b) -> a.isAfter(b) ? a : b);
                    if (counts.bad() > 0 && event.traceId() != null) {
                        traces.add(new Trace(
                                event.time(),
                                event.traceId(),
                                event.outcome(),
                                event.durationMs(),
                                event.release(),
                                event.businessEvent()));
                    }
                }
            }
        }
        return Appended.NONE;
    }

    @Override
    public void tick(Instant now) {}

    @Override
    public Terms.Source counts(String slo) {
        return range -> tallied(slo, range).counts();
    }

    private Tally tallied(String slo, TimeRange range) {
        return minutes
                .getOrDefault(slo, Collections.emptyNavigableMap())
                .subMap(range.from(), true, range.to(), false)
                .values()
                .stream()
                .reduce(Tally.NONE, Tally::plus);
    }

    @Override
    public List<Step> steps(String slo, TimeRange range, Duration step) {
        Map<Long, Tally> steps = new TreeMap<>();
        long ms = step.toMillis();
        minutes.getOrDefault(slo, Collections.emptyNavigableMap()).forEach((minute, tally) -> {
            long begin = Math.floorDiv(minute.toEpochMilli(), ms) * ms;
            if (begin >= Math.floorDiv(range.from().toEpochMilli(), ms) * ms
                    && begin < Math.floorDiv(range.to().toEpochMilli(), ms) * ms) {
                steps.merge(begin, tally, Tally::plus);
            }
        });
        return steps.entrySet().stream()
                .map(each -> new Step(Instant.ofEpochMilli(each.getKey()), each.getValue()))
                .toList();
    }

    @Override
    public Evidence evidence(Question question, Terms terms, GatePolicy policy) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Trace> traces(String slo, TimeRange range, int most) {
        return traces.stream()
                .filter(each -> range.contains(each.time()))
                .limit(most)
                .toList();
    }

    @Override
    public List<ReleaseSeen> releases(String slo, TimeRange range) {
        return List.of();
    }

    @Override
    public Instant last(String slo) {
        return last.get(slo);
    }

    @Override
    public Ledger ledger() {
        return ledger;
    }

    @Override
    public boolean leads() {
        return true;
    }

    @Override
    public void close() {}

    private static final class Memory implements Ledger {
        private final InstantSource time;
        private final List<Entry> entries = new CopyOnWriteArrayList<>();
        private final List<Consumer<Entry>> listeners = new CopyOnWriteArrayList<>();

        Memory(InstantSource time) {
            this.time = time;
        }

        @Override
        public Entry append(String kind, String slo, String actor, Map<String, Object> data) {
            Entry entry = new Entry(entries.size(), time.instant(), kind, slo, actor, data);
            entries.add(entry);
            listeners.forEach(each -> each.accept(entry));
            return entry;
        }

        @Override
        public List<Entry> read(Query query) {
            List<Entry> found = new ArrayList<>(entries.stream()
                    .filter(each -> each.seq() > query.afterSeq() && each.seq() < query.beforeSeq())
                    .filter(each -> query.slo() == null || query.slo().equals(each.slo()))
                    .filter(each -> query.kinds().isEmpty()
                            || query.kinds().stream()
                                    .anyMatch(kind -> kind.endsWith(".")
                                            ? each.kind().startsWith(kind)
                                            : each.kind().equals(kind)))
                    .toList());
            Collections.reverse(found);
            return found.subList(0, Math.min(found.size(), query.most()));
        }

        @Override
        public AutoCloseable subscribe(Consumer<Entry> listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }
    }
}
