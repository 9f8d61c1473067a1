package io.levee.guard.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.OpenSloFile;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import io.levee.guard.store.Tracked;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the review of a month costs, of objectives with events in every minute, some failures in each hour, and an incident every
 * week: once after a start, then again. Prints time and processor time; asserts only that the incidents were found.
 */
@Tag("full")
class ReviewFigures {
    private static final Instant NOW = Instant.parse("2026-12-01T09:00:00Z");
    private static final Duration KEPT = Duration.ofDays(65);
    private static final int OBJECTIVES = 4;
    private static final int ROUNDS = 6;

    @Test
    void ofAMonth(@TempDir Path folder) {
        List<OpenSloFile> files = new ArrayList<>();
        for (int i = 0; i < OBJECTIVES; i++) {
            files.add(OpenSloFile.parse(
                    "slo-" + i + ".yaml",
                    ReviewGuard.SLO
                            .replace("name: order-submit", "name: slo-" + i)
                            .replace(": shop", ": shop-" + i)));
        }
        Catalog catalog = Catalog.of(files);
        try (Store store = store(folder, catalog)) {
            fill(store);
        }
        try (Store store = store(folder, catalog)) {
            Review review = new Review(() -> catalog, store, () -> NOW, ReviewSettings.DEFAULT);
            for (int round = 0; round < ROUNDS; round++) {
                long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                long start = System.nanoTime();
                Map<String, ?> month = review.month("2026-11");
                System.out.printf(
                        "%s: %,d ms, %,d ms of a processor, for %d objectives (load %.1f)%n",
                        round == 0 ? "after a start" : "again",
                        (System.nanoTime() - start) / 1_000_000,
                        (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1_000_000,
                        OBJECTIVES,
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
                assertThat(month.get("slos").toString().split("rule=page-1h", -1))
                        .hasSizeGreaterThan(4 * OBJECTIVES);
            }
        }
    }

    private static Store store(Path folder, Catalog catalog) {
        Store store = Stores.open(StoreSettings.folder(folder).clock(() -> NOW));
        List<Tracked> tracked = new ArrayList<>();
        for (Slo slo : catalog.slos()) {
            tracked.add(new Tracked(slo.name(), slo.matcher(catalog.sli(slo))));
        }
        store.track(tracked);
        return store;
    }

    private static void fill(Store store) {
        long minutes = KEPT.toMinutes();
        List<Store.Bulk> bulks = new ArrayList<>();
        for (long minute = 0; minute < minutes; minute++) {
            Instant at = NOW.minus(Duration.ofMinutes(minutes - minute));
            boolean incident = minute % (7 * 1_440) < 10;
            for (int i = 0; i < OBJECTIVES; i++) {
                bulks.add(bulk(i, at, Event.Outcome.GOOD, 1_000 + minute % 400));
                long bad = incident ? 500 : minute % 17 == i ? 3 : 0;
                if (bad > 0) {
                    bulks.add(bulk(i, at, Event.Outcome.BAD, bad));
                }
            }
            if (bulks.size() > 5_000) {
                store.appendBulk(bulks);
                bulks.clear();
            }
        }
        store.appendBulk(bulks);
    }

    private static Store.Bulk bulk(int objective, Instant at, Event.Outcome outcome, long count) {
        Event event = new Event(
                null,
                at,
                "shop-" + objective,
                null,
                null,
                outcome,
                "1",
                Environment.PRODUCTION,
                null,
                null,
                null,
                1,
                false,
                null);
        return new Store.Bulk(event, count);
    }
}
