package io.levee.guard.slo;

import static java.math.RoundingMode.CEILING;
import static java.math.RoundingMode.FLOOR;

import java.math.RoundingMode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error budget over a window: what was allowed to fail, what did, what is left. Exact; rounded only by the methods that
 * say so.
 *
 * <p>With {@code N} events and a target {@code t}, {@code N x (1 - t)} may fail; bad events cost 1 and degraded ones their
 * weight. The headline is the ratio of sums: it never averages ratios of parts of the window, which would give a quiet
 * night's minute the weight of a busy day's. What is left may be negative and is never cut off at 0.
 *
 * <p>In milliseconds, the budget is the window times {@code 1 - t}: 99.95 % over 28 days is 1,209,600 ms. One bad event
 * costs {@code window / N}; N is the window's, so the price moves with traffic while counts and percentages do not.
 *
 * <p>Immutable and thread-safe.
 *
 * @param total events (or slices) that were judged
 * @param spent what they cost, in events; at least 0
 * @param budget what they were allowed to cost, in events
 * @param allowed the share that may fail: 1 - target, or the mean of several versions by their events
 * @param windowMs the window's length without what is excluded, in milliseconds
 * @param minimumTotal how many events are enough data
 */
public record ErrorBudget(long total, Ratio spent, Ratio budget, Ratio allowed, long windowMs, long minimumTotal) {
    /** Whether the figures mean anything, and how they stand. */
    public enum State {
        /** Not one event. */
        NO_DATA,
        /** Fewer events than the minimum. */
        TOO_FEW,
        /** Something is left. */
        LEFT,
        /** Nothing is left, or less. */
        EXHAUSTED
    }

    /**
     * Part of a window in which one target was in force.
     *
     * @param counts the events of that part
     * @param objective what was promised then
     * @param lengthMs how long the part is, without what is excluded
     */
    public record Part(Counts counts, Objective objective, long lengthMs) {}

    /**
     * A budget under one target.
     *
     * @param counts the window's events
     * @param objective what is promised
     * @param window the window's length, without what is excluded from it; above 0
     * @return the budget
     * @throws IllegalArgumentException if the window is not at least 1 ms
     */
    public static ErrorBudget of(Counts counts, Objective objective, Duration window) {
        return of(List.of(new Part(counts, objective, window.toMillis())));
    }

    /**
     * A budget over a window in which the target changed. Every event is held against the target that was in force when
     * it happened, so a change never rewrites the past: budget and cost are the sums over the parts. The milliseconds use
     * the share that was allowed on the whole, the parts' mean by events (by length while there are no events).
     *
     * @param parts one for each version of the target, in any order; at least one
     * @return the budget; its minimum of events is the one of the last part
     * @throws IllegalArgumentException if there is no part, or their length is not at least 1 ms
     */
    public static ErrorBudget of(List<Part> parts) {
        Counts counts = Counts.NONE;
        Ratio spent = Ratio.ZERO;
        Ratio budget = Ratio.ZERO;
        Ratio byLength = Ratio.ZERO;
        long lengthMs = 0;
        long minimum = 0;
        for (Part part : parts) {
            counts = counts.plus(part.counts());
            spent = spent.plus(part.counts().spent(part.objective().degradedWeight()));
            budget = budget.plus(part.objective().allowed().times(part.counts().total()));
            byLength = byLength.plus(part.objective().allowed().times(part.lengthMs()));
            lengthMs = Math.addExact(lengthMs, part.lengthMs());
            minimum = part.objective().minimumTotal();
        }
        if (lengthMs < 1) {
            throw new IllegalArgumentException("a window must be at least 1 ms long, is " + lengthMs + " ms");
        }
        long total = counts.total();
        Ratio allowed = total == 0 ? byLength.dividedBy(Ratio.of(lengthMs)) : budget.dividedBy(Ratio.of(total));
        return new ErrorBudget(total, spent, budget, allowed, lengthMs, minimum);
    }

    /**
     * How it stands.
     *
     * @return the state
     */
    public State state() {
        if (total == 0) {
            return State.NO_DATA;
        }
        if (total < minimumTotal) {
            return State.TOO_FEW;
        }
        return left().signum() > 0 || spent.signum() == 0 ? State.LEFT : State.EXHAUSTED;
    }

    /**
     * What is left, in events.
     *
     * @return negative if more was spent than there was
     */
    public Ratio left() {
        return budget.minus(spent);
    }

    /**
     * The share of events that failed: the ratio of sums.
     *
     * @return null without events
     */
    public @Nullable Ratio errorRatio() {
        return total == 0 ? null : spent.dividedBy(Ratio.of(total));
    }

    /**
     * The share of the budget that is spent; above 1 if more than there was.
     *
     * @return null without events
     */
    public @Nullable Ratio usedShare() {
        return total == 0 ? null : spent.dividedBy(budget);
    }

    /**
     * The share of the budget that is left; negative if more was spent than there was.
     *
     * @return null without events
     */
    public @Nullable Ratio leftShare() {
        return total == 0 ? null : left().dividedBy(budget);
    }

    /**
     * The whole budget in milliseconds of the window.
     *
     * @return exact
     */
    public Ratio budgetMs() {
        return allowed.times(windowMs);
    }

    /**
     * What is spent, in milliseconds.
     *
     * @return exact; null without events
     */
    public @Nullable Ratio usedMs() {
        Ratio failed = errorRatio();
        return failed == null ? null : failed.times(windowMs);
    }

    /**
     * What is left, in milliseconds.
     *
     * @return exact, negative if more was spent than there was; null without events
     */
    public @Nullable Ratio leftMs() {
        Ratio used = usedMs();
        return used == null ? null : budgetMs().minus(used);
    }

    /**
     * The burn rate: how many times faster than evenly the budget went. 1 spends it in exactly the window's length.
     *
     * @return null without events
     */
    public @Nullable Ratio burnRate() {
        return usedShare();
    }

    /**
     * How long what is left lasts if events keep failing at a ratio, at the same traffic, and nothing spent leaves the
     * window meanwhile: {@code leftMs / errorRatio}. So it is the pessimist's figure for a rolling window.
     *
     * @param errorRatio the share of events that fail from now on
     * @return in milliseconds, rounded down; 0 if nothing is left; null if it never ends, is longer than a long holds, or
     *     there are no events
     */
    public @Nullable Long exhaustedInMs(Ratio errorRatio) {
        Ratio left = leftMs();
        if (left == null) {
            return null;
        }
        if (left.signum() <= 0) {
            return 0L;
        }
        if (errorRatio.signum() <= 0) {
            return null;
        }
        Ratio lasts = left.dividedBy(errorRatio);
        return lasts.compareTo(Ratio.of(Long.MAX_VALUE)) > 0 ? null : (Long) lasts.toLong(RoundingMode.FLOOR);
    }

    /**
     * The share of events that were good: the ratio of sums.
     *
     * @return null without events
     */
    public @Nullable Ratio goodShare() {
        Ratio failed = errorRatio();
        return failed == null ? null : failed.complement();
    }

    /**
     * The budget as plain values, in a fixed order, for JSON: the same names and the same rounding ({@link Figures})
     * wherever a budget is shown. Null, not NaN, where there is no number: NaN is no JSON.
     *
     * @return a new map
     */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("state", state().name());
        map.put("total", total);
        map.put("windowMs", windowMs);
        map.put("goodPercent", Figures.percent(goodShare(), FLOOR));
        map.put("budgetEvents", Figures.amount(budget, FLOOR));
        map.put("usedEvents", Figures.amount(spent, CEILING));
        map.put("leftEvents", Figures.amount(left(), FLOOR));
        map.put("usedPercent", Figures.percent(usedShare(), CEILING));
        map.put("leftPercent", Figures.percent(leftShare(), FLOOR));
        map.put("budgetMs", Figures.amount(budgetMs(), FLOOR));
        map.put("usedMs", Figures.amount(usedMs(), CEILING));
        map.put("leftMs", Figures.amount(leftMs(), FLOOR));
        map.put("burnRate", Figures.amount(burnRate(), CEILING));
        return map;
    }
}
