package io.levee.guard.slo;

import java.time.Duration;
import java.util.List;

/**
 * One row of a multi-window, multi-burn-rate alert (Site Reliability Workbook, chapter 5): it fires if over the long
 * window <em>and</em> over the short one the budget burned faster than {@link #factor}. The long window says that it matters,
 * the short one that it still goes on. Immutable.
 *
 * @param name such as {@code page-1h}
 * @param severity page or ticket
 * @param longWindow how far back it looks
 * @param shortWindow a part of the long one
 * @param budgetShare the share of the whole budget that, spent within the long window, is worth the alert
 */
public record BurnRule(String name, Severity severity, Duration longWindow, Duration shortWindow, Ratio budgetShare) {
    /** Who is to be told. */
    public enum Severity {
        /** Somebody, now. */
        PAGE,
        /** Somebody, on a working day. */
        TICKET
    }

    /** The workbook's four rows: 2 % of the budget within an hour, 5 % within 6 hours, 10 % within a day or 3 days. */
    public static final List<BurnRule> STANDARD = List.of(
            new BurnRule("page-1h", Severity.PAGE, Duration.ofHours(1), Duration.ofMinutes(5), Ratio.of(2, 100)),
            new BurnRule("page-6h", Severity.PAGE, Duration.ofHours(6), Duration.ofMinutes(30), Ratio.of(5, 100)),
            new BurnRule("ticket-1d", Severity.TICKET, Duration.ofDays(1), Duration.ofHours(2), Ratio.of(10, 100)),
            new BurnRule("ticket-3d", Severity.TICKET, Duration.ofDays(3), Duration.ofHours(6), Ratio.of(10, 100)));

    /**
     * Checks the windows.
     *
     * @throws IllegalArgumentException if the windows are not 0 &lt; short &lt; long, or the share is not above 0 and at most 1
     */
    public BurnRule {
        if (shortWindow.toMillis() < 1 || shortWindow.compareTo(longWindow) >= 0) {
            throw new IllegalArgumentException(name + ": the short window must be above 0 and below the long one, is "
                    + shortWindow + " of " + longWindow);
        }
        if (budgetShare.signum() <= 0 || budgetShare.compareTo(Ratio.ONE) > 0) {
            throw new IllegalArgumentException(
                    name + ": the share of the budget must be above 0 and at most 1, is " + budgetShare);
        }
    }

    /**
     * The burn rate above which the rule fires: share x window / long window. Exact for the window: 28 days give 13.44,
     * 5.6, 2.8 and 14/15 = 0.933.
     *
     * @param window of the objective
     * @return the factor
     */
    public Ratio factor(Duration window) {
        return budgetShare.times(Ratio.of(window.toMillis(), longWindow.toMillis()));
    }

    /**
     * The error ratio above which the rule fires.
     *
     * @param target of the objective
     * @param window of the objective
     * @return factor x (1 - target)
     */
    public Ratio threshold(Ratio target, Duration window) {
        return factor(window).times(target.complement());
    }

    /**
     * Whether the rule can fire at all: no more than every event can fail, so a target so low that the threshold is 1 or
     * more makes a rule that is silent in a full outage.
     *
     * @param target of the objective
     * @param window of the objective
     * @return whether the threshold is below 1
     */
    public boolean canFire(Ratio target, Duration window) {
        return threshold(target, window).compareTo(Ratio.ONE) < 0;
    }

    /**
     * The target from which on upwards the rule can fire.
     *
     * @param window of the objective
     * @return every target above it will do
     */
    public Ratio lowestTarget(Duration window) {
        return Ratio.ONE.dividedBy(factor(window)).complement().max(Ratio.ZERO);
    }

    /**
     * Whether it fires. A window without events fires nothing.
     *
     * @param longCounts the events of the long window
     * @param shortCounts the events of the short window
     * @param objective what is promised
     * @param window of the objective
     * @param minimumBad how many events must have failed in the long window: with 99.95 % one failure in an hour of fewer
     *     than 149 events is above the first row's threshold, and one failure is rarely worth a page; 1 or more
     * @return whether both windows are above the threshold
     */
    public boolean fires(Counts longCounts, Counts shortCounts, Objective objective, Duration window, long minimumBad) {
        Ratio threshold = threshold(objective.target(), window);
        Ratio spent = longCounts.spent(objective.degradedWeight());
        return spent.compareTo(Ratio.of(minimumBad)) >= 0
                && exceeds(spent, longCounts.total(), threshold)
                && exceeds(shortCounts.spent(objective.degradedWeight()), shortCounts.total(), threshold);
    }

    /**
     * As {@link #fires(Counts, Counts, Objective, Duration, long)}, for windows in which the target may have changed, or
     * that are counted in slices.
     *
     * @param longBudget the long window's own
     * @param shortBudget the short window's own
     * @param window of the objective
     * @param minimumBad how much must have been spent in the long window, in events (or slices); 1 or more
     * @return whether both windows are above the threshold
     */
    public boolean fires(ErrorBudget longBudget, ErrorBudget shortBudget, Duration window, long minimumBad) {
        Ratio factor = factor(window);
        return longBudget.spent().compareTo(Ratio.of(minimumBad)) >= 0
                && exceeds(
                        longBudget.spent(),
                        longBudget.total(),
                        longBudget.allowed().times(factor))
                && exceeds(
                        shortBudget.spent(),
                        shortBudget.total(),
                        shortBudget.allowed().times(factor));
    }

    private static boolean exceeds(Ratio spent, long total, Ratio threshold) {
        return spent.compareTo(threshold.times(total)) > 0;
    }
}
