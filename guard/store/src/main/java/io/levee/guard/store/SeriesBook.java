package io.levee.guard.store;

import io.levee.guard.slo.gate.Origin;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All series by objective and origin. Guarded by the store's locks: changed under its write lock, read under its read lock. */
final class SeriesBook {
    /** Releases ought to be few; those beyond this count without their release's name. */
    private static final int MOST_ORIGINS = 2_000;

    private final Map<String, Series> all = new HashMap<>();
    private final Map<String, Map<Origin, Series>> origins = new HashMap<>();
    private final Map<Long, Series> byId = new HashMap<>();
    private long lastId;

    void add(Series series) {
        Origin origin = series.origin;
        if (origin == null) {
            all.put(series.slo, series);
        } else {
            origins.computeIfAbsent(series.slo, slo -> new HashMap<>()).put(origin, series);
        }
        byId.put(series.id, series);
        lastId = Math.max(lastId, series.id);
    }

    void remove(Series series) {
        byId.remove(series.id);
        Origin origin = series.origin;
        Map<Origin, Series> others = origins.get(series.slo);
        if (origin != null && others != null) {
            others.remove(origin, series);
        }
    }

    /** All origins of an objective together; null if it never had events. */
    @Nullable
    Series all(String slo) {
        return all.get(slo);
    }

    Map<Origin, Series> origins(String slo) {
        return origins.getOrDefault(slo, Map.of());
    }

    @Nullable
    Series byId(long id) {
        return byId.get(id);
    }

    Collection<Series> series() {
        return byId.values();
    }

    long lastId() {
        return lastId;
    }

    /** Numbers up to this one are taken, also by series that are not in the book. */
    void taken(long id) {
        lastId = Math.max(lastId, id);
    }

    Additions additions() {
        return new Additions();
    }

    /** Series that a transaction adds, and that count from its commit on. */
    final class Additions {
        private final SeriesBook added = new SeriesBook();
        private final List<Series> inOrder = new ArrayList<>();

        /**
         * The number of the series of an objective and an origin, or of all origins for null; added if it is missing.
         */
        long series(String slo, @Nullable Origin origin) {
            Series found = origin == null ? all(slo) : find(slo, origin);
            if (found != null) {
                return found.id;
            }
            if (origin == null) {
                return add(Series.fresh(nextId(), slo, null));
            }
            if (origins(slo).size() + added.origins(slo).size() >= MOST_ORIGINS && origin.release() != null) {
                return series(slo, new Origin(origin.environment(), null, origin.side()));
            }
            series(slo, null);
            return add(Series.fresh(nextId(), slo, origin));
        }

        private @Nullable Series find(String slo, Origin origin) {
            Series found = origins(slo).get(origin);
            return found == null ? added.origins(slo).get(origin) : found;
        }

        private long nextId() {
            return lastId + inOrder.size() + 1;
        }

        private long add(Series series) {
            added.add(series);
            inOrder.add(series);
            return series.id;
        }

        @Nullable
        Series byId(long id) {
            Series found = SeriesBook.this.byId(id);
            return found == null ? added.byId(id) : found;
        }

        @Nullable
        Series all(String slo) {
            Series found = SeriesBook.this.all(slo);
            return found == null ? added.all(slo) : found;
        }

        /** With the times of what they count, or they would be taken for old ones. */
        List<Series> inOrder(List<Delta> deltas) {
            for (Delta delta : deltas) {
                Series series = added.byId(delta.series());
                Series all = series == null ? null : added.all(series.slo);
                if (series != null) {
                    series.happened(delta.firstMs(), delta.lastMs());
                }
                if (all != null) {
                    all.happened(delta.firstMs(), delta.lastMs());
                }
            }
            return inOrder;
        }

        /** They are committed. */
        void accept() {
            inOrder.forEach(SeriesBook.this::add);
        }
    }
}
