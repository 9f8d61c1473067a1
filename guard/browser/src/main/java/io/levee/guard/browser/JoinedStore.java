package io.levee.guard.browser;

import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.Evidence;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.slo.gate.Question;
import io.levee.guard.slo.gate.RetryRecord;
import io.levee.guard.store.Imported;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.store.Tracked;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The store itself, except that somebody hears of the events once they are counted. */
final class JoinedStore implements Store {
    private final Store store;
    private final Consumer<List<Event>> counted;

    JoinedStore(Store store, Consumer<List<Event>> counted) {
        this.store = store;
        this.counted = counted;
    }

    @Override
    public Appended append(List<Event> events, List<RetryRecord> records, @Nullable String batchId) {
        Appended appended = store.append(events, records, batchId);
        counted.accept(events);
        return appended;
    }

    @Override
    public Appended appendLines(List<Event> events, List<RetryRecord> records, Imported.Lines lines) {
        // What happened long ago has no browser waiting for it.
        return store.appendLines(events, records, lines);
    }

    @Override
    public Imported imported(String name) {
        return store.imported(name);
    }

    @Override
    public Appended appendBulk(List<Bulk> bulks) {
        // Numbers have no trace, so there is nothing to join.
        return store.appendBulk(bulks);
    }

    @Override
    public void track(List<Tracked> objectives) {
        store.track(objectives);
    }

    @Override
    public void tick(Instant now) {
        store.tick(now);
    }

    @Override
    public Terms.Source counts(String slo) {
        return store.counts(slo);
    }

    @Override
    public List<Step> steps(String slo, TimeRange range, Duration step) {
        return store.steps(slo, range, step);
    }

    @Override
    public Tally tally(String slo, TimeRange range) {
        return store.tally(slo, range);
    }

    @Override
    public Evidence evidence(Question question, Terms terms, GatePolicy policy) {
        return store.evidence(question, terms, policy);
    }

    @Override
    public List<Trace> traces(String slo, TimeRange range, int most) {
        return store.traces(slo, range, most);
    }

    @Override
    public List<RetryDecision> decisions(String slo, TimeRange range, int most) {
        return store.decisions(slo, range, most);
    }

    @Override
    public List<ReleaseSeen> releases(String slo, TimeRange range) {
        return store.releases(slo, range);
    }

    @Override
    public @Nullable Instant last(String slo) {
        return store.last(slo);
    }

    @Override
    public Ledger ledger() {
        return store.ledger();
    }

    @Override
    public boolean leads() {
        return store.leads();
    }

    @Override
    public void close() {
        store.close();
    }
}
