package io.levee.guard.store;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.Origin;
import io.levee.guard.slo.gate.RetryRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Events that a caller gave, and what became of them. The caller's thread sorts them by where they count; whoever has the
 * turn to write counts those that did not come before. Not thread-safe: the two take turns under the lock of appends.
 */
final class Batch {
    /** How much later than the guard's clock an event may be. */
    private static final Duration FUTURE = Duration.ofMinutes(5);

    /** Of events that are all alike; so no sum of a batch runs over. */
    private static final long MOST_ALIKE = 1_000_000_000_000L;

    private static final Cell[] NOWHERE = {};

    private final List<Store.Bulk> events;
    private final Name name;
    private final Cell[][] cellsOf;
    private final long[] idsOf;
    private final List<Cell> cells = new ArrayList<>();
    private long expired;
    private long future;
    private long unmatched;
    private Store.@Nullable Appended result;
    private @Nullable StoreException failure;
    private @Nullable Imported known;

    /** What tells it from others: an id that is remembered for some time, lines that are remembered for always, or nothing. */
    record Name(@Nullable String id, Imported.@Nullable Lines lines) {
        static final Name NONE = new Name(null, null);
    }

    /** What decides where an event counts, but for its time. */
    private record Kind(
            String service, @Nullable String sli, @Nullable String route, Origin origin) {
        static Kind of(Event event) {
            return new Kind(event.service(), event.sli(), event.route(), Origin.of(event));
        }

        boolean isOf(Event event) {
            return service.equals(event.service())
                    && Objects.equals(sli, event.sli())
                    && Objects.equals(route, event.route())
                    && origin.environment() == event.environment()
                    && origin.side() == event.side()
                    && Objects.equals(origin.release(), event.release());
        }
    }

    /** Where events of a kind count. */
    private static final class Place {
        private final Kind kind;
        private final List<Tracked> objectives;
        private final Map<Long, Cell[]> bySecond = new HashMap<>();
        private long lastSecond = Long.MIN_VALUE;
        private Cell[] lastCells = NOWHERE;

        Place(Kind kind, List<Tracked> objectives) {
            this.kind = kind;
            this.objectives = objectives;
        }

        Cell[] cells(long second, List<Cell> all) {
            if (second != lastSecond) {
                lastSecond = second;
                lastCells = bySecond.computeIfAbsent(second, missing -> {
                    Cell[] cells = objectives.stream()
                            .map(each -> new Cell(each, kind.origin(), second))
                            .toArray(Cell[]::new);
                    all.addAll(List.of(cells));
                    return cells;
                });
            }
            return lastCells;
        }
    }

    Batch(
            List<Store.Bulk> events,
            List<RetryRecord> records,
            Name name,
            ObjectiveIndex index,
            Instant now,
            Duration keptFor) {
        this.events = events;
        this.name = name;
        this.cellsOf = new Cell[events.size()][];
        this.idsOf = new long[events.size()];
        Instant oldest = now.minus(keptFor);
        Instant latest = now.plus(FUTURE);
        Map<Kind, Place> places = new HashMap<>();
        Place place = null;
        int at = 0;
        for (Store.Bulk bulk : events) {
            Event event = bulk.prototype();
            if (place == null || !place.kind.isOf(event)) {
                place = places.computeIfAbsent(Kind.of(event), kind -> new Place(kind, index.of(event)));
            }
            cellsOf[at] = sorted(bulk, place, oldest, latest);
            String eventId = event.id();
            idsOf[at] = eventId == null || cellsOf[at].length == 0 ? 0 : SeenIds.hash(eventId);
            at++;
        }
        for (RetryRecord record : records) {
            keep(record, index, places, oldest, latest);
        }
    }

    private void keep(
            RetryRecord record, ObjectiveIndex index, Map<Kind, Place> places, Instant oldest, Instant latest) {
        Instant time = record.time();
        if (time.isBefore(oldest) || time.isAfter(latest)) {
            return;
        }
        Event call = record.call();
        Place place = places.computeIfAbsent(Kind.of(call), kind -> new Place(kind, index.of(call)));
        Store.RetryDecision decision = new Store.RetryDecision(time, record.traceId(), record.rule(), record.text());
        for (Cell cell : place.cells(tens(time), cells)) {
            cell.keep(decision);
        }
    }

    /** The first of the 10 seconds in which it happened. */
    private static long tens(Instant time) {
        long second = time.getEpochSecond();
        return second - Math.floorMod(second, (long) Level.TENS.stepSeconds());
    }

    private Cell[] sorted(Store.Bulk bulk, Place place, Instant oldest, Instant latest) {
        if (bulk.count() > MOST_ALIKE) {
            throw new IllegalArgumentException(
                    "at most " + MOST_ALIKE + " events that are alike can be counted at once, not " + bulk.count());
        }
        Instant time = bulk.prototype().time();
        if (place.objectives.isEmpty()) {
            unmatched += bulk.count();
        } else if (time.isBefore(oldest)) {
            expired += bulk.count();
        } else if (time.isAfter(latest)) {
            future += bulk.count();
        } else {
            return place.cells(tens(time), cells);
        }
        return NOWHERE;
    }

    Name name() {
        return name;
    }

    /** Counts what is new. */
    void count(SeenIds seen, LongConsumer fresh) {
        long counted = 0;
        long duplicates = 0;
        int at = 0;
        for (Store.Bulk bulk : events) {
            Cell[] into = cellsOf[at];
            long eventId = idsOf[at++];
            if (into.length == 0 || bulk.count() == 0) {
                continue;
            }
            if (eventId != 0) {
                if (!seen.add(eventId)) {
                    duplicates += bulk.count();
                    continue;
                }
                fresh.accept(eventId);
            }
            for (Cell cell : into) {
                cell.add(bulk.prototype(), bulk.count());
            }
            counted += bulk.count();
        }
        result = new Store.Appended(counted, duplicates, unmatched, expired, future);
    }

    /** As a whole, it came before. */
    void isDuplicate() {
        long all = 0;
        for (Store.Bulk bulk : events) {
            all += bulk.count();
        }
        result = new Store.Appended(0, all - unmatched - expired - future, unmatched, expired, future);
    }

    /** That have events which were counted, or records. */
    List<Cell> cells() {
        return cells.stream().filter(cell -> !cell.isEmpty()).toList();
    }

    void fail(StoreException cause) {
        failure = cause;
    }

    /** Other lines of its file come next. */
    void isOutOfOrder(Imported imported) {
        known = imported;
    }

    boolean isDone() {
        return result != null || failure != null || known != null;
    }

    Store.Appended result() {
        if (known != null && name.lines != null) {
            throw new Imported.OutOfOrder(name.lines, known);
        }
        if (failure != null) {
            // Each caller gets an exception of its own, with its own stack.
            throw new StoreException(String.valueOf(failure.getMessage()), failure);
        }
        return Objects.requireNonNull(result);
    }
}
