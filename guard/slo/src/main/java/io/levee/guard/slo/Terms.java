package io.levee.guard.slo;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The terms of one objective: what is promised, over which window, what was promised earlier, and what does not count.
 * Immutable and thread-safe.
 *
 * @param objective what is promised now
 * @param window over which time
 * @param earlier targets that were in force before, in the order of their ends
 * @param exclusions what does not count
 */
public record Terms(Objective objective, Window window, List<EarlierTarget> earlier, List<Exclusion> exclusions) {
    /**
     * A target that was changed. It was in force from the end of the one before it (or ever since) to its own end.
     *
     * @param until the first instant at which the next one was in force
     * @param target at least 0, below 1
     * @param author who changed it
     * @param reason why
     */
    public record EarlierTarget(Instant until, Ratio target, String author, String reason) {
        /**
         * Checks the target.
         *
         * @throws IllegalArgumentException if it is out of its range
         */
        public EarlierTarget {
            Objective.checkTarget(target);
        }
    }

    /** The events of some stretch of time, wherever they are kept. */
    @FunctionalInterface
    public interface Source {
        /**
         * Counts events. A store that keeps them by the minute counts a minute to the range in which it begins.
         *
         * @param range from which time
         * @return how many
         */
        Counts counts(TimeRange range);
    }

    /**
     * Sorts the earlier targets.
     *
     * @throws IllegalArgumentException if two of them end at the same instant
     */
    public Terms {
        List<EarlierTarget> sorted = new ArrayList<>(earlier);
        sorted.sort(Comparator.comparing(EarlierTarget::until));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).until().equals(sorted.get(i - 1).until())) {
                throw new IllegalArgumentException(
                        "two earlier targets end at " + sorted.get(i).until() + "; each instant has one target");
            }
        }
        earlier = List.copyOf(sorted);
        exclusions = List.copyOf(exclusions);
    }

    /**
     * Terms that never changed and exclude nothing.
     *
     * @param objective what is promised
     * @param window over which time
     * @return the terms
     */
    public static Terms of(Objective objective, Window window) {
        return new Terms(objective, window, List.of(), List.of());
    }

    /**
     * The objective that was in force at an instant.
     *
     * @param instant any
     * @return the present one, or with the target of then
     */
    public Objective at(Instant instant) {
        for (EarlierTarget version : earlier) {
            if (instant.isBefore(version.until())) {
                return objective.withTarget(version.target());
            }
        }
        return objective;
    }

    /**
     * The error budget of the window at an instant: every event held against the target of its own time, without what is
     * excluded.
     *
     * @param now the instant
     * @param source the events
     * @return the budget
     * @throws IllegalArgumentException if the whole window is excluded
     */
    public ErrorBudget budget(Instant now, Source source) {
        TimeRange range = window.at(now);
        return Budgets.ofEvents(this, range, source).over(range);
    }

    /**
     * As {@link #budget}, but as if nothing were excluded: what the exclusions are worth is the difference.
     *
     * @param now the instant
     * @param source the events
     * @return the budget
     */
    public ErrorBudget budgetWithExcluded(Instant now, Source source) {
        TimeRange range = window.at(now);
        return Budgets.ofEvents(this, range, source).withExcluded().over(range);
    }

    /**
     * The error budget of the window at an instant, counted in slices of time that begin at whole multiples of their length
     * since 1970. A slice counts if it lies in the window, has ended, and no part of it is excluded or under another
     * target than its beginning; it is held against the target of its own time.
     *
     * @param now the instant
     * @param slice how long a slice is; 1 s or more
     * @param sliceTarget the share of good events that makes a slice good, from 0 to 1
     * @param noData what becomes of a slice without events
     * @param mean whether to take the mean of the slices' ratios (RatioTimeslices) instead of good and bad slices (Timeslices)
     * @param source the events; asked once for each slice
     * @return the budget, in slices
     * @throws IllegalArgumentException if the slice is too short, or the whole window is excluded
     */
    public ErrorBudget budgetInSlices(
            Instant now, Duration slice, Ratio sliceTarget, Slices.NoData noData, boolean mean, Source source) {
        return Budgets.ofSlices(this, window.at(now), source, new Budgets.Slicing(slice, sliceTarget, noData, mean))
                .at(now);
    }

    /**
     * The parts of a range in which one target each was in force.
     *
     * @param range any
     * @return in order; at least one
     */
    public List<TimeRange> versions(TimeRange range) {
        List<TimeRange> versions = new ArrayList<>();
        Instant from = range.from();
        for (EarlierTarget version : earlier) {
            if (version.until().isAfter(from) && version.until().isBefore(range.to())) {
                versions.add(new TimeRange(from, version.until()));
                from = version.until();
            }
        }
        versions.add(new TimeRange(from, range.to()));
        return versions;
    }

    /**
     * How long the window is at an instant, exclusions included: what burn rates are reckoned with.
     *
     * @param now the instant
     * @return above 0
     */
    public Duration windowLength(Instant now) {
        return window.at(now).length();
    }
}
