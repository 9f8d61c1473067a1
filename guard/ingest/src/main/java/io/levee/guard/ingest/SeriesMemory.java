package io.levee.guard.ingest;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What cumulative series said last, so that what they grew by can be told. Bounded: the series that was silent longest goes
 * first. A series that is not known is counted from zero if it began after everything that this memory ever lost, and else
 * from its first point on: counting what it has had since its beginning might count it twice. Not thread-safe.
 */
final class SeriesMemory {
    private final int most;
    private final LinkedHashMap<String, Point> known = new LinkedHashMap<>(16, 0.75f, true);
    /** Of what began later than this, nothing was forgotten. */
    private long completeSinceNanos;

    /** A point of a cumulative series, in nanoseconds since 1970. */
    record Point(long startNanos, long timeNanos, long value) {}

    SeriesMemory(int most, Instant since) {
        this.most = most;
        this.completeSinceNanos =
                Math.addExact(Math.multiplyExact(since.getEpochSecond(), 1_000_000_000L), since.getNano());
    }

    /** What one request changes: remembered only once it is stored, since a request that was not stored comes again. */
    final class Change {
        private final Map<String, Point> changed = new HashMap<>();

        /** What a series has grown by, with this point; 0 for one that came before. */
        long grownBy(String series, Point point) {
            Point earlier = changed.get(series);
            Point last = earlier == null ? known.get(series) : earlier;
            if (last != null && point.timeNanos <= last.timeNanos) {
                return 0;
            }
            changed.put(series, point);
            return since(last, point);
        }

        void keep() {
            known.putAll(changed);
            while (known.size() > most) {
                Map.Entry<String, Point> oldest = known.entrySet().iterator().next();
                completeSinceNanos =
                        Math.max(completeSinceNanos, oldest.getValue().timeNanos());
                known.remove(oldest.getKey());
            }
        }
    }

    private long since(@Nullable Point last, Point point) {
        if (last == null) {
            return point.startNanos > 0 && point.startNanos >= completeSinceNanos ? point.value : 0;
        }
        // A counter that shrank began anew, whether or not it says so.
        boolean anew = point.startNanos > last.startNanos || point.value < last.value;
        return anew ? point.value : point.value - last.value;
    }

    Change change() {
        return new Change();
    }
}
