package io.levee.guard.ingest;

import io.levee.guard.store.Store.Appended;
import java.util.concurrent.atomic.LongAdder;

/** Counts for {@link IngestStats}. Thread-safe. */
final class Meter {
    private final LongAdder counted = new LongAdder();
    private final LongAdder duplicates = new LongAdder();
    private final LongAdder unmatched = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder future = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder invalid = new LongAdder();

    void add(Appended appended) {
        counted.add(appended.counted());
        duplicates.add(appended.duplicates());
        unmatched.add(appended.unmatched());
        expired.add(appended.expired());
        future.add(appended.future());
    }

    IngestStats stats() {
        return new IngestStats(
                counted.sum(),
                duplicates.sum(),
                unmatched.sum(),
                expired.sum(),
                future.sum(),
                rejected.sum(),
                refused.sum(),
                invalid.sum());
    }
}
