package io.levee.guard.actions;

import io.levee.guard.store.Ledger;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A record in memory. */
final class FakeLedger implements Ledger {
    private final InstantSource clock;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Consumer<Entry>> listeners = new CopyOnWriteArrayList<>();

    /** When so many more entries are there, the guard dies. */
    int diesAfter = Integer.MAX_VALUE;

    FakeLedger(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized Entry append(
            String kind, @Nullable String slo, String actor, Map<String, @Nullable Object> data) {
        if (diesAfter-- <= 0) {
            throw new IllegalStateException("the guard has died");
        }
        Entry entry = new Entry(entries.size() + 1, clock.instant(), kind, slo, actor, data);
        entries.add(entry);
        listeners.forEach(listener -> listener.accept(entry));
        return entry;
    }

    @Override
    public synchronized List<Entry> read(Query query) {
        List<Entry> found = new ArrayList<>();
        for (int i = entries.size() - 1; i >= 0 && found.size() < query.most(); i--) {
            Entry entry = entries.get(i);
            boolean kind = query.kinds().isEmpty()
                    || query.kinds().stream()
                            .anyMatch(each -> each.endsWith(".")
                                    ? entry.kind().startsWith(each)
                                    : entry.kind().equals(each));
            if (kind
                    && (query.slo() == null || query.slo().equals(entry.slo()))
                    && entry.seq() > query.afterSeq()
                    && entry.seq() < query.beforeSeq()) {
                found.add(entry);
            }
        }
        return found;
    }

    @Override
    public AutoCloseable subscribe(Consumer<Entry> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
