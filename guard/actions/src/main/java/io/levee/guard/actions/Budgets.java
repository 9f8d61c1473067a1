package io.levee.guard.actions;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Exclusion;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The figures of the moment. What looks back only minutes is read anew each second; a longer look, which a second changes
 * little, is kept for a while, so that a thousand rules do not read 28 days a thousand times a second. Not thread-safe.
 */
final class Budgets {
    /** Counts are kept in steps of 10 seconds for the last hours. */
    private static final Duration STEP = Duration.ofSeconds(10);

    private static final Duration FINE = Duration.ofMinutes(10);
    private static final Duration LONGEST_KEPT = Duration.ofSeconds(30);

    /** A budget in slices is tens of thousands of counts. */
    private static final Duration SLICES_KEPT = Duration.ofSeconds(60);

    private static final Duration BUDGET_KEPT = Duration.ofSeconds(10);

    private final Supplier<Catalog> catalogs;
    private final Store store;
    private final Map<Key, Kept<Counts>> counts = new HashMap<>();
    private final Map<Key, Kept<Optional<ErrorBudget>>> budgets = new HashMap<>();
    private Instant now = Instant.EPOCH;
    private @Nullable Catalog catalog;

    Budgets(Supplier<Catalog> catalogs, Store store) {
        this.catalogs = catalogs;
        this.store = store;
    }

    private record Key(String slo, Duration over) {}

    private record Kept<T>(T value, Instant until) {}

    /** From here on, the figures of this instant. */
    void at(Instant instant) {
        now = instant;
        Catalog present = catalogs.get();
        if (present != catalog) {
            catalog = present;
            counts.clear();
            budgets.clear();
        }
        // Also if the clock was put back: nothing is kept for longer than that from now on.
        counts.values().removeIf(kept -> isOver(kept.until()));
        budgets.values().removeIf(kept -> isOver(kept.until()));
    }

    private boolean isOver(Instant until) {
        return !until.isAfter(now) || until.isAfter(now.plus(SLICES_KEPT));
    }

    Instant now() {
        return now;
    }

    @Nullable
    Slo slo(String name) {
        Catalog known = catalog;
        return known == null
                ? null
                : known.slos().stream()
                        .filter(slo -> slo.name().equals(name))
                        .findFirst()
                        .orElse(null);
    }

    /** The events of the last so and so much time, without those that are excluded. */
    Counts counts(Slo slo, Duration over) {
        Duration kept = over.dividedBy(60);
        Instant until = now.plus(
                over.compareTo(FINE) <= 0 ? Duration.ZERO : kept.compareTo(LONGEST_KEPT) < 0 ? kept : LONGEST_KEPT);
        return counts.computeIfAbsent(new Key(slo.name(), over), key -> new Kept<>(count(slo, over), until))
                .value();
    }

    private Counts count(Slo slo, Duration over) {
        Counts sum = Counts.NONE;
        if (over.compareTo(FINE) > 0) {
            for (TimeRange counted :
                    Exclusion.counted(slo.additions().exclusions(), new TimeRange(now.minus(over), now))) {
                sum = sum.plus(store.counts(slo.name()).counts(counted));
            }
            return sum;
        }
        long step = STEP.toMillis();
        Instant begun = Instant.ofEpochMilli(Math.floorDiv(now.toEpochMilli(), step) * step);
        TimeRange range = new TimeRange(begun.minus(over), begun.plus(STEP));
        var excluded = Exclusion.within(slo.additions().exclusions(), range);
        for (Store.Step each : store.steps(slo.name(), range, STEP)) {
            if (excluded.stream().noneMatch(time -> time.contains(each.begin()))) {
                sum = sum.plus(each.tally().counts());
            }
        }
        return sum;
    }

    /** The budget of the objective's window; null if it has none that can be reckoned. */
    @Nullable
    ErrorBudget budget(Slo slo) {
        Instant until = now.plus(slo.method() == Slo.Method.OCCURRENCES ? BUDGET_KEPT : SLICES_KEPT);
        return budgets.computeIfAbsent(
                        new Key(slo.name(), Duration.ZERO),
                        key -> new Kept<>(Optional.ofNullable(reckoned(slo)), until))
                .value()
                .orElse(null);
    }

    private @Nullable ErrorBudget reckoned(Slo slo) {
        try {
            return slo.budget(0, now, store.counts(slo.name()));
        } catch (IllegalArgumentException noEvents) {
            // A threshold, or a window that is excluded as a whole: nothing to decide from.
            return null;
        }
    }
}
