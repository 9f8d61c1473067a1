package io.levee.guard.store;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.Evidence;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.slo.gate.Question;
import io.levee.guard.slo.gate.RetryRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the guard keeps. Counts are kept for each objective, so an objective counts from the moment at which it is
 * first {@link #track tracked}. Thread-safe.
 */
public interface Store extends AutoCloseable {
    /**
     * From now on, count events for these objectives. What was counted for others is kept.
     *
     * @param objectives all objectives; each replaces the one of the same name
     * @throws StoreException if it cannot be written
     */
    void track(List<Tracked> objectives);

    /**
     * Counts a batch of events that has no id of its own, as {@link #append(List, String)} does.
     *
     * @param events as many as came together
     * @return what became of them
     * @throws StoreException if it cannot be written; then none of them is counted
     */
    default Appended append(List<Event> events) {
        return append(events, null);
    }

    /**
     * Counts a batch of events. Durable when it returns: what was counted survives {@code kill -9}. An event whose id was
     * seen lately is not counted again, nor any event of a batch whose id was; late ones, and those out of order, are counted
     * in the time in which they happened. How long an id is remembered is a setting ({@link StoreSettings}).
     *
     * @param events as many as came together
     * @param batchId what tells the batch from every other one, so that it counts once though it is sent again; null if
     *     nothing does
     * @return what became of them
     * @throws StoreException if it cannot be written; then none of them is counted. If the connection to PostgreSQL broke
     *     while it committed, they may be counted: send them again with the same batch id
     */
    default Appended append(List<Event> events, @Nullable String batchId) {
        return append(events, List.of(), batchId);
    }

    /**
     * Counts a batch of events, as {@link #append(List, String)} does, and keeps decision records of retries that came with
     * it: some of each minute, release, environment and side, for as long as minutes are kept. Records count for nothing.
     *
     * @param events as many as came together
     * @param records those of the same batch
     * @param batchId what tells the batch from every other one; null if nothing does
     * @return what became of the events
     * @throws StoreException as above; then no record is kept either
     */
    Appended append(List<Event> events, List<RetryRecord> records, @Nullable String batchId);

    /**
     * Counts lines of a file, as {@link #append(List, List, String)} does, and remembers for always that they are in. Lines
     * that are in already count for nothing.
     *
     * @param events those of the lines
     * @param records likewise
     * @param lines which ones they are
     * @return what became of the events
     * @throws Imported.OutOfOrder if other lines come next
     * @throws StoreException as above
     */
    Appended appendLines(List<Event> events, List<RetryRecord> records, Imported.Lines lines);

    /**
     * How far an import has come.
     *
     * @param name of the import
     * @return {@link Imported#NOTHING} if nothing is known of it
     * @throws StoreException if the database cannot be read
     */
    Imported imported(String name);

    /**
     * Does what has to be done now and then: takes over the lead if it is free, writes what is due, and deletes what is
     * older than it is kept. Call it about once a second.
     *
     * @param now the present
     * @throws StoreException if the database cannot be written; call it again
     */
    void tick(Instant now);

    /**
     * Counts events that came as numbers only, as metrics give them. As {@link #append}, but not all at once: what was counted
     * before a failure stays counted, and counts only once when the same bulks, with the same ids, are given again.
     *
     * @param bulks each some events that are all alike
     * @return what became of the events
     * @throws StoreException if they cannot be written
     */
    default Appended appendBulk(List<Bulk> bulks) {
        return Bulk.append(bulks, this);
    }

    /**
     * The counts of an objective, all releases, environments and sides together; by the minute.
     *
     * @param slo the objective's name
     * @return the source that budgets are reckoned from; empty for a name that never had events. What lies before the time
     *     for which minutes are kept is counted by the hour: an hour to the range in which it begins
     */
    Terms.Source counts(String slo);

    /**
     * Counts in steps of time, for curves and heatmaps.
     *
     * @param slo the objective's name
     * @param range the time; begins and ends are rounded down to whole steps since 1970
     * @param step a whole multiple of 10 seconds; finer than a minute only for the last hours
     * @return the steps that have events, in the order of time
     */
    List<Step> steps(String slo, TimeRange range, Duration step);

    /**
     * Counts with what is kept beside them, all releases, environments and sides together; by the minute, as
     * {@link #counts} does it.
     *
     * @param slo the objective's name
     * @param range the time
     * @return the sum; nothing for a name that is not tracked
     */
    default Tally tally(String slo, TimeRange range) {
        return Tally.of(this, slo, range);
    }

    /**
     * What the gate decides from.
     *
     * @param question what it is asked
     * @param terms of the objective
     * @param policy how far back a canary is looked at
     * @return the evidence, with events up to the question's instant and none that is excluded
     */
    Evidence evidence(Question question, Terms terms, GatePolicy policy);

    /**
     * The traces of failures that were kept: some of each minute, the slowest first.
     *
     * @param slo the objective's name
     * @param range the time
     * @param most how many, at most
     * @return the traces
     */
    List<Trace> traces(String slo, TimeRange range, int most);

    /**
     * The decision records of retries that were kept: at most 5 of each minute, release, environment and side.
     *
     * @param slo the objective's name
     * @param range the time
     * @param most how many, at most
     * @return in the order of time
     */
    List<RetryDecision> decisions(String slo, TimeRange range, int most);

    /**
     * Which releases had events in a range. First and last event are the release's own, in the range or not.
     *
     * @param slo the objective's name
     * @param range the time
     * @return in the order of their first event
     */
    List<ReleaseSeen> releases(String slo, TimeRange range);

    /**
     * When the objective's last event happened.
     *
     * @param slo the objective's name
     * @return to the millisecond; null without one
     */
    @Nullable
    Instant last(String slo);

    /**
     * The record.
     *
     * @return the only one of this store
     */
    Ledger ledger();

    /**
     * Whether it is this guard's turn to act: of several guards on one database exactly one leads, and another one takes over
     * when it is gone. Alone, always.
     *
     * @return whether it leads
     */
    boolean leads();

    @Override
    void close();

    /**
     * Counts of a step of time.
     *
     * @param begin its first instant
     * @param tally what happened in it
     */
    record Step(Instant begin, Tally tally) {}

    /**
     * Counts with what is kept beside them.
     *
     * @param counts of events
     * @param attempts how often these calls were sent
     * @param savedByRetry how many of the good ones failed at first
     */
    record Tally(Counts counts, long attempts, long savedByRetry) {
        /** Nothing. */
        public static final Tally NONE = new Tally(Counts.NONE, 0, 0);

        /**
         * Both.
         *
         * @param other more of them
         * @return the sum
         */
        public Tally plus(Tally other) {
            return new Tally(counts.plus(other.counts), attempts + other.attempts, savedByRetry + other.savedByRetry);
        }

        private static final Duration MINUTE = Duration.ofMinutes(1);
        private static final Duration HOUR = Duration.ofHours(1);

        /** Whole hours at once, and minutes where the range cuts one. */
        private static Tally of(Store store, String slo, TimeRange range) {
            Instant from = upTo(range.from(), MINUTE);
            Instant to = upTo(range.to(), MINUTE);
            Instant firstHour = upTo(from, HOUR);
            Instant lastHour = firstHour.isAfter(to) ? to : upTo(to.minus(HOUR).plusMillis(1), HOUR);
            if (!firstHour.isBefore(lastHour)) {
                return sum(store, slo, from, to, MINUTE);
            }
            return sum(store, slo, from, firstHour, MINUTE)
                    .plus(sum(store, slo, firstHour, lastHour, HOUR))
                    .plus(sum(store, slo, lastHour, to, MINUTE));
        }

        private static Instant upTo(Instant instant, Duration step) {
            long stepMs = step.toMillis();
            return Instant.ofEpochMilli(Math.floorDiv(instant.toEpochMilli() + stepMs - 1, stepMs) * stepMs);
        }

        private static Tally sum(Store store, String slo, Instant from, Instant to, Duration step) {
            Tally sum = NONE;
            if (from.isBefore(to)) {
                for (Step each : store.steps(slo, new TimeRange(from, to), step)) {
                    sum = sum.plus(each.tally());
                }
            }
            return sum;
        }
    }

    /**
     * What became of a batch.
     *
     * @param counted events that counted for at least one objective
     * @param duplicates events that had been seen before
     * @param unmatched events that belong to no objective
     * @param expired events that are older than what is kept
     * @param future events more than 5 minutes later than the guard's clock: refused, as some clock is wrong
     */
    record Appended(long counted, long duplicates, long unmatched, long expired, long future) {
        /** Nothing. */
        public static final Appended NONE = new Appended(0, 0, 0, 0, 0);

        /**
         * Both.
         *
         * @param other of another batch
         * @return the sums
         */
        public Appended plus(Appended other) {
            return new Appended(
                    counted + other.counted,
                    duplicates + other.duplicates,
                    unmatched + other.unmatched,
                    expired + other.expired,
                    future + other.future);
        }
    }

    /**
     * Events that differ in nothing. Immutable.
     *
     * @param prototype one of them; its id, if it has one, is that of all together
     * @param count how many; 0 or more
     */
    record Bulk(Event prototype, long count) {
        private static final int AT_ONCE = 10_000;

        /**
         * Checks the number.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Bulk {
            if (count < 0) {
                throw new IllegalArgumentException("count must not be negative, is " + count);
            }
        }

        private static Appended append(List<Bulk> bulks, Store store) {
            Appended sum = Appended.NONE;
            List<Event> some = new ArrayList<>();
            for (Bulk bulk : bulks) {
                for (long i = 0; i < bulk.count; i++) {
                    some.add(bulk.event(i));
                    if (some.size() == AT_ONCE) {
                        sum = sum.plus(store.append(some));
                        some = new ArrayList<>();
                    }
                }
            }
            return some.isEmpty() ? sum : sum.plus(store.append(some));
        }

        private Event event(long number) {
            return prototype.id() == null ? prototype : prototype.withId(prototype.id() + '#' + number);
        }
    }

    /**
     * The trace of a failure.
     *
     * @param time when the call ended
     * @param id the trace
     * @param outcome bad or degraded
     * @param durationMs how long it took; null if unknown
     * @param release which release answered; null if unknown
     * @param businessEvent what it was for; null if unknown
     */
    record Trace(
            Instant time,
            String id,
            Event.Outcome outcome,
            @Nullable Long durationMs,
            @Nullable String release,
            @Nullable String businessEvent) {}

    /**
     * Why a call was retried, or was not.
     *
     * @param time when it was decided
     * @param traceId the call's trace; null if it has none
     * @param rule which rule decided
     * @param text the whole record, for a person
     */
    record RetryDecision(Instant time, @Nullable String traceId, String rule, String text) {}

    /**
     * A release that had events.
     *
     * @param release its name
     * @param environment where
     * @param first its first event, to the millisecond
     * @param last its last one
     * @param counts its events in the range, by the minute
     */
    record ReleaseSeen(
            String release,
            io.levee.guard.slo.gate.Environment environment,
            Instant first,
            Instant last,
            Counts counts) {}
}
