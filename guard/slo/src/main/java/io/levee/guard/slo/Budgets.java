package io.levee.guard.slo;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The error budgets of one objective at any number of instants: exclusions are worked out once for a stretch of time, and
 * slices are judged once, so each further budget costs no more than its look at the counts. Its figures are those of
 * {@link Terms#budget} and {@link Terms#budgetInSlices}, which ask it.
 *
 * <p>Immutable; thread-safe if the source is. Slices are judged when it is made: events that come later are not in them.
 */
public final class Budgets {
    private final Terms terms;
    private final TimeRange stretch;
    private final Terms.Source source;
    private final List<TimeRange> counted;
    private final @Nullable Slicing slicing;
    private final @Nullable SliceLine slices;

    /**
     * How time is cut into slices, and when one of them is good.
     *
     * @param slice how long a slice is; 1 s or more
     * @param sliceTarget the share of good events that makes a slice good, from 0 to 1
     * @param noData what becomes of a slice without events
     * @param mean whether to take the mean of the slices' ratios (RatioTimeslices) instead of good and bad slices
     */
    public record Slicing(Duration slice, Ratio sliceTarget, Slices.NoData noData, boolean mean) {
        /**
         * Checks the length.
         *
         * @throws IllegalArgumentException if a slice is too short
         */
        public Slicing {
            if (slice.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("a slice must be 1 s or longer, is " + slice);
            }
        }
    }

    private Budgets(
            Terms terms, TimeRange stretch, Terms.Source source, List<TimeRange> counted, @Nullable Slicing slicing) {
        this.terms = terms;
        this.stretch = stretch;
        this.source = source;
        this.counted = counted;
        this.slicing = slicing;
        this.slices = slicing == null ? null : SliceLine.of(terms, stretch, counted, slicing, source);
    }

    /**
     * Budgets that count events.
     *
     * @param terms the terms
     * @param stretch holds every range that will be asked for
     * @param source the events; asked with each question
     * @return the budgets
     */
    public static Budgets ofEvents(Terms terms, TimeRange stretch, Terms.Source source) {
        return new Budgets(terms, stretch, source, Exclusion.counted(terms.exclusions(), stretch), null);
    }

    /**
     * Budgets that count slices of time.
     *
     * @param terms the terms
     * @param stretch holds every range that will be asked for
     * @param source the events; asked once for each slice, here
     * @param slicing how time is cut
     * @return the budgets
     */
    public static Budgets ofSlices(Terms terms, TimeRange stretch, Terms.Source source, Slicing slicing) {
        return new Budgets(terms, stretch, source, Exclusion.counted(terms.exclusions(), stretch), slicing);
    }

    /**
     * The same as if nothing were excluded.
     *
     * @return budgets of the same stretch
     */
    public Budgets withExcluded() {
        boolean same = counted.equals(List.of(stretch));
        return same ? this : new Budgets(terms, stretch, source, List.of(stretch), slicing);
    }

    /**
     * The budget of the objective's window at an instant. Slices count once they have ended.
     *
     * @param now the instant
     * @return the budget
     * @throws IllegalArgumentException if the window is not within the stretch, or is excluded as a whole
     */
    public ErrorBudget at(Instant now) {
        return over(terms.window().at(now), now);
    }

    /**
     * The budget of any range, as if it were the window: for burn rates, and for what an hour cost.
     *
     * @param range within the stretch
     * @return the budget
     * @throws IllegalArgumentException if the range is not within the stretch, or is excluded as a whole
     */
    public ErrorBudget over(TimeRange range) {
        return over(range, range.to());
    }

    private ErrorBudget over(TimeRange range, Instant now) {
        return slices == null ? ofEvents(range) : slices.over(range, now, this);
    }

    private ErrorBudget ofEvents(TimeRange range) {
        List<ErrorBudget.Part> parts = new ArrayList<>();
        for (TimeRange version : terms.versions(range)) {
            parts.add(new ErrorBudget.Part(counts(version), terms.at(version.from()), countedMs(version)));
        }
        return ErrorBudget.of(parts);
    }

    /**
     * The events of a range without those that are excluded.
     *
     * @param range within the stretch
     * @return the counts
     */
    public Counts counts(TimeRange range) {
        Counts sum = Counts.NONE;
        for (TimeRange part : counted(range)) {
            sum = sum.plus(source.counts(part));
        }
        return sum;
    }

    long countedMs(TimeRange range) {
        long lengthMs = 0;
        for (TimeRange part : counted(range)) {
            lengthMs += part.length().toMillis();
        }
        return lengthMs;
    }

    /**
     * What counts of a range in spite of exclusions.
     *
     * @param range within the stretch
     * @return its parts, in order
     * @throws IllegalArgumentException if the range is not within the stretch
     */
    public List<TimeRange> counted(TimeRange range) {
        if (range.from().isBefore(stretch.from()) || range.to().isAfter(stretch.to())) {
            throw new IllegalArgumentException(range + " is not within " + stretch);
        }
        List<TimeRange> parts = new ArrayList<>();
        for (int i = firstEndingAfter(range.from());
                i < counted.size() && counted.get(i).from().isBefore(range.to());
                i++) {
            TimeRange part = counted.get(i);
            Instant from = part.from().isBefore(range.from()) ? range.from() : part.from();
            Instant to = part.to().isAfter(range.to()) ? range.to() : part.to();
            parts.add(new TimeRange(from, to));
        }
        return parts;
    }

    private int firstEndingAfter(Instant instant) {
        int low = 0;
        int high = counted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (counted.get(middle).to().isAfter(instant)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
