package io.levee.guard.store;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.FailedCall;
import io.levee.guard.slo.gate.KeptEvents;
import io.levee.guard.slo.gate.Origin;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers from the counts in memory and in the database; each answer sees whole batches only. Thread-safe. */
final class CountReader {
    /** Another guard may write faster than this one reads, but hardly ever this often in turn. */
    private static final int MOST_TRIES = 5;

    private static final int HOUR = Level.HOURS.stepSeconds();

    private final Database database;
    private final CountMemory memory;
    private final CountWriter writer;

    CountReader(Database database, CountMemory memory, CountWriter writer) {
        this.database = database;
        this.memory = memory;
        this.writer = writer;
    }

    /** Something that is read. */
    @FunctionalInterface
    private interface Reading<T extends @Nullable Object> {
        T read() throws SQLException;
    }

    private <T extends @Nullable Object> T read(String what, Reading<T> reading) {
        try {
            for (int tries = 1; ; tries++) {
                memory.lock.readLock().lock();
                try {
                    return reading.read();
                } catch (CountMemory.BehindException e) {
                    if (tries == MOST_TRIES) {
                        throw new SQLException("other guards write faster than this one reads", e);
                    }
                } finally {
                    memory.lock.readLock().unlock();
                }
                writer.follow();
            }
        } catch (SQLException e) {
            throw new StoreException(what + " cannot be read (" + e.getMessage() + ")", e);
        }
    }

    // --- sums -------------------------------------------------------------------------------------------------------

    Counts counts(String slo, TimeRange range) {
        return sums(slo, range).counts();
    }

    Store.Tally tally(String slo, TimeRange range) {
        return sums(slo, range).tally();
    }

    private Sums sums(String slo, TimeRange range) {
        return read("counts of '" + slo + "'", () -> {
            Series series = memory.book().all(slo);
            return series == null ? new Sums() : sums(series, range);
        });
    }

    private Sums sums(Series series, TimeRange range) throws SQLException {
        Sums sums = new Sums();
        add(series, Level.MINUTES.firstStepFrom(range.from()), Level.MINUTES.firstStepFrom(range.to()), sums);
        return sums;
    }

    /** Whole days, then hours, then minutes at the edges; both seconds are whole minutes. */
    private void add(Series all, long from, long to, Sums sums) throws SQLException {
        long last = Math.floorDiv(all.lastMs(), 1000L);
        long first = Math.floorDiv(all.firstMs(), 1000L);
        long begin = Math.max(from, Level.HOURS.chunkOf(first));
        long end = Math.min(to, Level.HOURS.chunkOf(last) + Level.HOURS.chunkSeconds());
        if (begin >= end) {
            return;
        }
        long firstHour = Level.HOURS.firstStepFrom(Instant.ofEpochSecond(begin));
        long lastHour = end - Math.floorMod(end, (long) HOUR);
        if (firstHour > lastHour) {
            addMinutes(all, begin, end, sums);
            return;
        }
        addMinutes(all, begin, firstHour, sums);
        addHours(all, firstHour, lastHour, sums);
        addMinutes(all, lastHour, end, sums);
    }

    private void addHours(Series all, long from, long to, Sums sums) throws SQLException {
        for (long day = Level.HOURS.chunkOf(from); day < to; day += Level.HOURS.chunkSeconds()) {
            CountChunk chunk = (CountChunk) memory.chunk(database, all, Level.HOURS.number(), day);
            if (day >= from && day + Level.HOURS.chunkSeconds() <= to) {
                sums.add(chunk.total());
            } else {
                int first = Level.HOURS.stepOf(Math.max(day, from));
                int count = (int) ((Math.min(to, day + Level.HOURS.chunkSeconds()) - Math.max(day, from)) / HOUR);
                chunk.forEach(first, first + count, (step, hour) -> sums.add(hour));
            }
        }
    }

    /** Within one hour. Where its minutes are gone, the hour counts to the range in which it begins. */
    private void addMinutes(Series all, long from, long to, Sums sums) throws SQLException {
        if (from >= to) {
            return;
        }
        long hour = Level.MINUTES.chunkOf(from);
        CountChunk chunk = (CountChunk) memory.chunk(database, all, Level.MINUTES.number(), hour);
        if (chunk.isEmpty()) {
            if (from == hour) {
                addHours(all, hour, hour + HOUR, sums);
            }
            return;
        }
        int first = Level.MINUTES.stepOf(from);
        int count = (int) ((to - from) / Level.MINUTES.stepSeconds());
        chunk.forEach(first, first + count, (step, minute) -> sums.add(minute));
    }

    // --- steps ------------------------------------------------------------------------------------------------------

    List<Store.Step> steps(String slo, TimeRange range, Duration step) {
        long seconds = step.toSeconds();
        if (seconds < 10 || seconds % 10 != 0 || step.toMillis() != seconds * 1000) {
            throw new IllegalArgumentException("a step must be a whole multiple of 10 seconds, is " + step);
        }
        Level level = seconds % HOUR == 0 ? Level.HOURS : seconds % 60 == 0 ? Level.MINUTES : Level.TENS;
        long from = Math.floorDiv(range.from().getEpochSecond(), seconds) * seconds;
        long to = Math.floorDiv(range.to().getEpochSecond(), seconds) * seconds;
        return read("steps of '" + slo + "'", () -> {
            Series series = memory.book().all(slo);
            return series == null ? List.of() : steps(series, level, from, to, seconds);
        });
    }

    private List<Store.Step> steps(Series series, Level level, long from, long to, long seconds) throws SQLException {
        StepList found = new StepList(seconds);
        for (Chunk chunk : memory.chunks(database, series, level.number(), level.chunkOf(from), to)) {
            ((CountChunk) chunk).forEach(0, level.steps(), (at, sums) -> {
                long second = chunk.begin + (long) at * level.stepSeconds();
                if (second >= from && second < to) {
                    found.add(second, sums);
                }
            });
        }
        return found.steps();
    }

    /** Puts counts together that come in the order of time. */
    private static final class StepList {
        private final long seconds;
        private final List<Store.Step> steps = new ArrayList<>();
        private Sums sums = new Sums();
        private long begin = Long.MIN_VALUE;

        StepList(long seconds) {
            this.seconds = seconds;
        }

        void add(long second, Sums more) {
            long own = Math.floorDiv(second, seconds) * seconds;
            if (own != begin) {
                end();
                begin = own;
            }
            sums.add(more);
        }

        private void end() {
            if (begin != Long.MIN_VALUE) {
                steps.add(new Store.Step(Instant.ofEpochSecond(begin), sums.tally()));
                sums = new Sums();
            }
        }

        List<Store.Step> steps() {
            end();
            return steps;
        }
    }

    // --- origins ----------------------------------------------------------------------------------------------------

    /** Reads as a whole, so that all that it asks sees the same batches. */
    <T> T kept(String slo, Function<KeptEvents, T> question) {
        return read("events of '" + slo + "'", () -> {
            try {
                return question.apply(new Kept(slo));
            } catch (WrappedException e) {
                throw e.cause;
            }
        });
    }

    /** Carries what a database threw through those who ask. */
    private static final class WrappedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final SQLException cause;

        WrappedException(SQLException cause) {
            super(cause);
            this.cause = cause;
        }
    }

    private final class Kept implements KeptEvents {
        private final String slo;

        Kept(String slo) {
            this.slo = slo;
        }

        @Override
        public Counts counts(TimeRange range) {
            Series all = memory.book().all(slo);
            try {
                return all == null ? Counts.NONE : sums(all, range).counts();
            } catch (SQLException e) {
                throw new WrappedException(e);
            }
        }

        @Override
        public Collection<Origin> origins() {
            return memory.book().origins(slo).keySet();
        }

        @Override
        public SortedMap<Instant, Counts> minutes(Origin origin, TimeRange range) {
            SortedMap<Instant, Counts> found = new TreeMap<>();
            Series series = memory.book().origins(slo).get(origin);
            if (series == null) {
                return found;
            }
            long from = Math.max(Level.MINUTES.firstStepFrom(range.from()), series.firstMs() / 1000 - 60);
            long to = Math.min(Level.MINUTES.firstStepFrom(range.to()), series.lastMs() / 1000 + 1);
            try {
                if (from < to) {
                    steps(series, Level.MINUTES, from, to, 60)
                            .forEach(
                                    step -> found.put(step.begin(), step.tally().counts()));
                }
                return found;
            } catch (SQLException e) {
                throw new WrappedException(e);
            }
        }

        @Override
        public List<FailedCall> failedCalls(Origin origin, TimeRange range) {
            return noted(origin, range).stream()
                    .flatMap(noted -> noted.failed().stream())
                    .toList();
        }

        private List<Noted> noted(Origin origin, TimeRange range) {
            Series series = memory.book().origins(slo).get(origin);
            if (series == null) {
                return List.of();
            }
            try {
                return memory.noted(
                        database,
                        series,
                        Level.MINUTES.firstStepFrom(range.from()),
                        Level.MINUTES.firstStepFrom(range.to()));
            } catch (SQLException e) {
                throw new WrappedException(e);
            }
        }
    }

    List<Store.RetryDecision> decisions(String slo, TimeRange range, int most) {
        return read("decision records of '" + slo + "'", () -> {
            Kept kept = new Kept(slo);
            try {
                return kept.origins().stream()
                        .flatMap(origin -> kept.noted(origin, range).stream())
                        .flatMap(noted -> noted.decisions().stream())
                        .sorted(Comparator.comparing(Store.RetryDecision::time)
                                .thenComparing(Store.RetryDecision::text))
                        .limit(most)
                        .toList();
            } catch (WrappedException e) {
                throw e.cause;
            }
        });
    }

    List<Store.Trace> traces(String slo, TimeRange range, int most) {
        return kept(slo, kept -> {
            List<Store.Trace> found = new ArrayList<>();
            for (Origin origin : kept.origins()) {
                for (FailedCall call : kept.failedCalls(origin, range)) {
                    found.add(new Store.Trace(
                            call.time(),
                            call.traceId(),
                            call.outcome(),
                            call.durationMs(),
                            origin.release(),
                            call.businessEvent()));
                }
            }
            return found.stream()
                    .sorted(Comparator.comparing(
                                    Store.Trace::durationMs, Comparator.nullsLast(Comparator.<Long>reverseOrder()))
                            .thenComparing(Store.Trace::time)
                            .thenComparing(Store.Trace::id))
                    .limit(most)
                    .toList();
        });
    }

    List<Store.ReleaseSeen> releases(String slo, TimeRange range) {
        return read("releases of '" + slo + "'", () -> {
            Map<ReleaseKey, Store.ReleaseSeen> found = new HashMap<>();
            Kept kept = new Kept(slo);
            for (Map.Entry<Origin, Series> each : memory.book().origins(slo).entrySet()) {
                String release = each.getKey().release();
                Counts counts = Counts.NONE;
                if (release != null) {
                    for (Counts minute : kept.minutes(each.getKey(), range).values()) {
                        counts = counts.plus(minute);
                    }
                }
                if (release != null && counts.total() > 0) {
                    Store.ReleaseSeen seen = new Store.ReleaseSeen(
                            release,
                            each.getKey().environment(),
                            Instant.ofEpochMilli(each.getValue().firstMs()),
                            Instant.ofEpochMilli(each.getValue().lastMs()),
                            counts);
                    found.merge(new ReleaseKey(release, seen.environment()), seen, CountReader::together);
                }
            }
            return found.values().stream()
                    .sorted(Comparator.comparing(Store.ReleaseSeen::first)
                            .thenComparing(Store.ReleaseSeen::release)
                            .thenComparing(Store.ReleaseSeen::environment))
                    .toList();
        });
    }

    private record ReleaseKey(String release, Environment environment) {}

    /** Of two sides. */
    private static Store.ReleaseSeen together(Store.ReleaseSeen one, Store.ReleaseSeen other) {
        return new Store.ReleaseSeen(
                one.release(),
                one.environment(),
                one.first().isBefore(other.first()) ? one.first() : other.first(),
                one.last().isAfter(other.last()) ? one.last() : other.last(),
                one.counts().plus(other.counts()));
    }

    @Nullable
    Instant last(String slo) {
        return read(
                        "the last event of '" + slo + "'",
                        () -> Optional.ofNullable(memory.book().all(slo))
                                .map(all -> Instant.ofEpochMilli(all.lastMs())))
                .orElse(null);
    }
}
