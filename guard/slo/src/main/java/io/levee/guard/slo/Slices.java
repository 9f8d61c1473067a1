package io.levee.guard.slo;

import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * Budgets in slices of time instead of events, OpenSLO's Timeslices and RatioTimeslices. Every slice has the same weight,
 * however many events it has: choose them where a quiet hour matters as much as a busy one.
 *
 * <p>Slices are added one after the other by one thread; not thread-safe.
 */
public final class Slices {
    /** What becomes of a slice without events. */
    public enum NoData {
        /** It is not judged. The default: nobody was promised anything. */
        EXCLUDE,
        /** It counts as good. */
        GOOD,
        /** It counts as bad: silence is an outage. */
        BAD
    }

    /** Parts of a slice in which its bad share is kept: rounded up, so n slices err by less than n x 10^-18 of one. */
    private static final long FINE = 1_000_000_000_000_000_000L;

    private final Ratio sliceTarget;
    private final Ratio degradedWeight;
    private final NoData noData;
    private long good;
    private long bad;
    private long empty;
    private BigInteger badShares = BigInteger.ZERO;

    /**
     * No slices yet.
     *
     * @param sliceTarget the share of good events that makes a slice good, from 0 to 1
     * @param degradedWeight what a degraded event costs, from 0 to 1
     * @param noData what becomes of a slice without events
     * @throws IllegalArgumentException if the target is out of its range
     */
    public Slices(Ratio sliceTarget, Ratio degradedWeight, NoData noData) {
        if (sliceTarget.signum() < 0 || sliceTarget.compareTo(Ratio.ONE) > 0) {
            throw new IllegalArgumentException("the target of a slice must be from 0 to 1, is " + sliceTarget);
        }
        this.sliceTarget = sliceTarget;
        this.degradedWeight = degradedWeight;
        this.noData = noData;
    }

    /**
     * Adds one slice.
     *
     * @param counts its events
     */
    public void add(Counts counts) {
        long total = counts.total();
        if (total == 0) {
            addEmpty();
            return;
        }
        if (counts.good() == total) {
            good++;
            return;
        }
        Ratio failed = counts.spent(degradedWeight).dividedBy(Ratio.of(total));
        if (failed.compareTo(sliceTarget.complement()) <= 0) {
            good++;
        } else {
            bad++;
        }
        badShares = badShares.add(
                failed.times(FINE).toDecimal(0, RoundingMode.CEILING).toBigIntegerExact());
    }

    /** As it is now; what is added later is not in it. */
    Slices copy() {
        Slices copy = new Slices(sliceTarget, degradedWeight, noData);
        copy.good = good;
        copy.bad = bad;
        copy.empty = empty;
        copy.badShares = badShares;
        return copy;
    }

    /** What was added since an earlier copy. */
    Slices since(Slices earlier) {
        Slices added = copy();
        added.good -= earlier.good;
        added.bad -= earlier.bad;
        added.empty -= earlier.empty;
        added.badShares = badShares.subtract(earlier.badShares);
        return added;
    }

    private void addEmpty() {
        empty++;
        if (noData == NoData.BAD) {
            badShares = badShares.add(BigInteger.valueOf(FINE));
        }
    }

    /**
     * Slices without events.
     *
     * @return how many were added
     */
    public long empty() {
        return empty;
    }

    /**
     * The slices as events: each one is good or bad.
     *
     * @return the counts, with the empty ones where they belong
     */
    public Counts counts() {
        return switch (noData) {
            case EXCLUDE -> new Counts(good, bad, 0);
            case GOOD -> new Counts(good + empty, bad, 0);
            case BAD -> new Counts(good, bad + empty, 0);
        };
    }

    /** The bad shares of all slices that are judged, added up. */
    Ratio sumOfBadShares() {
        return Ratio.of(badShares, BigInteger.valueOf(FINE));
    }

    /**
     * The budget by Timeslices: the share of slices that must be good.
     *
     * @param objective what is promised of slices; its weight of degraded events is not used, a slice is good or bad
     * @param window the window's length
     * @return the budget, in slices
     */
    public ErrorBudget timeslices(Objective objective, Duration window) {
        return ErrorBudget.of(counts(), objective, window);
    }

    /**
     * The budget by RatioTimeslices: the mean of the slices' own ratios, as OpenSLO defines that method. It is an average
     * of ratios by definition; where that is not what you mean, take Occurrences.
     *
     * @param objective what is promised of the mean
     * @param window the window's length
     * @return the budget, in slices
     */
    public ErrorBudget ratioTimeslices(Objective objective, Duration window) {
        long judged = counts().total();
        return new ErrorBudget(
                judged,
                sumOfBadShares(),
                objective.allowed().times(judged),
                objective.allowed(),
                window.toMillis(),
                objective.minimumTotal());
    }
}
