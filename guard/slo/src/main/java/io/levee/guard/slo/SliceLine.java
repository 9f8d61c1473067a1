package io.levee.guard.slo;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The slices of a stretch of time in their order, added up from its beginning, so that what lies between two instants is one
 * subtraction. A slice is in it if no part of it is excluded or under another target than its beginning. Immutable.
 */
final class SliceLine {
    private final Terms terms;
    private final Budgets.Slicing slicing;
    private final long[] beginMs;
    /** Element i has the slices before the one that begins at {@code beginMs[i]}; one element more than slices. */
    private final Slices[] sums;

    private SliceLine(Terms terms, Budgets.Slicing slicing, long[] beginMs, Slices[] sums) {
        this.terms = terms;
        this.slicing = slicing;
        this.beginMs = beginMs;
        this.sums = sums;
    }

    static SliceLine of(
            Terms terms, TimeRange stretch, List<TimeRange> counted, Budgets.Slicing slicing, Terms.Source source) {
        long lengthMs = slicing.slice().toMillis();
        Slices sum = new Slices(slicing.sliceTarget(), terms.objective().degradedWeight(), slicing.noData());
        List<Slices> sums = new ArrayList<>(List.of(sum.copy()));
        long[] begins = new long[64];
        int size = 0;
        for (TimeRange version : terms.versions(stretch)) {
            for (TimeRange part : counted) {
                long begin = Math.max(part.from().toEpochMilli(), version.from().toEpochMilli());
                long end = Math.min(part.to().toEpochMilli(), version.to().toEpochMilli());
                begin = Math.floorDiv(begin + lengthMs - 1, lengthMs) * lengthMs;
                for (long from = begin; from + lengthMs <= end; from += lengthMs) {
                    sum.add(source.counts(
                            new TimeRange(Instant.ofEpochMilli(from), Instant.ofEpochMilli(from + lengthMs))));
                    sums.add(sum.copy());
                    begins = size == begins.length ? Arrays.copyOf(begins, 2 * size) : begins;
                    begins[size++] = from;
                }
            }
        }
        return new SliceLine(terms, slicing, Arrays.copyOf(begins, size), sums.toArray(Slices[]::new));
    }

    ErrorBudget over(TimeRange range, Instant now, Budgets budgets) {
        long total = 0;
        Ratio spent = Ratio.ZERO;
        Ratio budget = Ratio.ZERO;
        List<ErrorBudget.Part> lengths = new ArrayList<>();
        for (TimeRange version : terms.versions(range)) {
            Objective then = terms.at(version.from());
            lengths.add(new ErrorBudget.Part(Counts.NONE, then, budgets.countedMs(version)));
            Slices slices = between(version.from(), now.isBefore(version.to()) ? now : version.to());
            Counts judged = slices.counts();
            total += judged.total();
            spent = spent.plus(slicing.mean() ? slices.sumOfBadShares() : Ratio.of(judged.bad()));
            budget = budget.plus(then.allowed().times(judged.total()));
        }
        ErrorBudget byLength = ErrorBudget.of(lengths);
        return new ErrorBudget(
                total,
                spent,
                budget,
                total == 0 ? byLength.allowed() : budget.dividedBy(Ratio.of(total)),
                byLength.windowMs(),
                terms.objective().minimumTotal());
    }

    /** The slices that begin at or after one instant and end at or before another. */
    private Slices between(Instant from, Instant to) {
        int first = firstAtOrAfter(from.toEpochMilli());
        int end = firstAtOrAfter(to.toEpochMilli() - slicing.slice().toMillis() + 1);
        return end <= first ? sums[first].since(sums[first]) : sums[end].since(sums[first]);
    }

    private int firstAtOrAfter(long ms) {
        int found = Arrays.binarySearch(beginMs, ms);
        return found >= 0 ? found : -found - 1;
    }
}
