package io.levee.guard.store.history;

import io.levee.guard.slo.Budgets;
import io.levee.guard.slo.BurnRule;
import io.levee.guard.slo.Counts;
import io.levee.guard.slo.ErrorBudget;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the incidents of an objective in its counts.
 *
 * <p>A rule fires in a minute if both of its windows that end with this minute are above its factor. Windows lag: the short one
 * is above for some minutes after the failures have stopped, and was not yet above when they began. So the incident begins with
 * the first minute of the short window, and ends with the last one of the run, whose own failures were above the factor: the
 * minutes in which it happened, not those in which it was noticed.
 *
 * <p>Runs of page rules that touch or overlap are one incident; its rule is the first of them in the document's order. A
 * ticket rule is an incident of its own only where no page rule fired, since every page makes the slower rules fire, too.
 */
public final class Incidents {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** How far before a range an incident may have begun that reaches into it. */
    private static final Duration BEFORE = Duration.ofDays(7);

    private final Watched watched;
    private final TimeRange scan;
    private final Budgets budgets;
    private final boolean toNow;
    private final int minutes;
    private final MinuteSums sums;

    private record Run(int first, int last, BurnRule rule, boolean open) {
        boolean touches(Run other) {
            return first <= other.last + 1 && other.first <= last + 1;
        }
    }

    /** A rule with what it asks of each minute. */
    private record Bar(BurnRule rule, Duration window, Ratio factor, double about, int longMinutes, int shortMinutes) {
        static Bar of(BurnRule rule, Duration window) {
            Ratio factor = rule.factor(window);
            return new Bar(
                    rule,
                    window,
                    factor,
                    MinuteSums.approximately(factor),
                    (int) rule.longWindow().toMinutes(),
                    (int) rule.shortWindow().toMinutes());
        }
    }

    private Incidents(Watched watched, TimeRange scan, boolean toNow, Budgets budgets, History history) {
        this.watched = watched;
        this.scan = scan;
        this.toNow = toNow;
        this.budgets = budgets;
        this.minutes = (int) scan.length().toMinutes();
        this.sums = new MinuteSums(watched, budgets, history, scan.from(), minutes);
    }

    /**
     * The incidents that reach into a range.
     *
     * @param watched the objective
     * @param range any; what lies after now is not looked at
     * @param now with its minute
     * @param store the counts
     * @return in the order of their beginnings
     */
    public static List<Incident> within(Watched watched, TimeRange range, Instant now, Store store) {
        Instant end = History.endOfMinute(now).plusMillis(1);
        boolean toNow = !range.to().isBefore(end.minus(MINUTE));
        TimeRange looked = new TimeRange(
                floor(range.from().minus(BEFORE)),
                toNow ? end : floor(range.to()).plus(MINUTE));
        if (!looked.from().isBefore(looked.to()) || watched.reason() != null) {
            return List.of();
        }
        Instant windowFrom = watched.slo().window().at(looked.from()).from();
        Instant windowTo = watched.slo().window().at(looked.to()).to();
        TimeRange stretch = new TimeRange(windowFrom, windowTo.isAfter(looked.to()) ? windowTo : looked.to());
        History history = new History(store, watched.counted(), stretch);
        Budgets budgets = watched.slo().budgets(watched.index(), stretch, history);
        return new Incidents(watched, looked, toNow, budgets, history)
                .find().stream()
                        .filter(incident -> incident.open()
                                || (incident.range().to().isAfter(range.from())
                                        && incident.from().isBefore(range.to())))
                        .toList();
    }

    /**
     * The incident of an id; found by the minute in it, so that an old link still leads there though late events moved the
     * incident's beginning.
     *
     * @param watched the objective
     * @param id as {@link Incident#id} says it
     * @param now with its minute
     * @param store the counts
     * @return the incident, if it can still be found
     */
    public static Optional<Incident> byId(Watched watched, String id, Instant now, Store store) {
        Long minute = minute(watched, id);
        if (minute == null || minute > now.getEpochSecond() / 60) {
            return Optional.empty();
        }
        Instant begin = Instant.ofEpochSecond(minute * 60);
        Instant to = begin.plus(BEFORE).isBefore(now) ? begin.plus(BEFORE) : now;
        List<Incident> near = within(watched, new TimeRange(begin, to), now, store);
        return near.stream()
                .filter(incident -> incident.id().equals(id))
                .findFirst()
                .or(() -> near.stream()
                        .filter(incident -> incident.range().contains(begin))
                        .findFirst());
    }

    private static @Nullable Long minute(Watched watched, String id) {
        String prefix = watched.name() + "-";
        if (!id.startsWith(prefix) || !id.substring(prefix.length()).matches("[0-9]{1,9}")) {
            return null;
        }
        return Long.valueOf(id.substring(prefix.length()));
    }

    private static Instant floor(Instant instant) {
        return instant.truncatedTo(java.time.temporal.ChronoUnit.MINUTES);
    }

    private Instant begin(int minute) {
        return scan.from().plusSeconds(60L * minute);
    }

    /** The budget of one minute alone, or of the slice that it lies in; null where it is excluded. */
    private @Nullable ErrorBudget one(int minute) {
        return over(sums.first(minute), sums.last(minute));
    }

    private @Nullable ErrorBudget over(int first, int last) {
        TimeRange range = new TimeRange(begin(first), begin(last + 1));
        return budgets.counted(range).isEmpty() ? null : budgets.over(range);
    }

    private List<Incident> find() {
        List<Run> pages = new ArrayList<>();
        List<Run> tickets = new ArrayList<>();
        for (BurnRule rule : watched.slo().additions().burnRules()) {
            (rule.severity() == BurnRule.Severity.PAGE ? pages : tickets).addAll(runs(rule));
        }
        List<Run> found = merged(pages);
        for (Run ticket : merged(tickets)) {
            if (found.stream().noneMatch(ticket::touches)) {
                found.add(ticket);
            }
        }
        return found.stream()
                .sorted(Comparator.comparing(Run::first))
                .map(this::incident)
                .toList();
    }

    private List<Run> runs(BurnRule rule) {
        List<Run> runs = new ArrayList<>();
        Bar bar = Bar.of(rule, watched.slo().window().at(scan.to()).length());
        int start = -1;
        for (int i = 0; i <= minutes; i++) {
            boolean firing = i < minutes && fires(bar, i);
            if (firing && start < 0) {
                start = i;
            } else if (!firing && start >= 0) {
                runs.add(trimmed(bar, start, i - 1));
                start = -1;
            }
        }
        return runs;
    }

    private boolean fires(Bar bar, int minute) {
        int ofLong = Math.max(0, minute - bar.longMinutes + 1);
        int ofShort = Math.max(0, minute - bar.shortMinutes + 1);
        MinuteSums.Burn inShort = sums.burn(ofShort, minute, bar.about, 0);
        if (inShort == MinuteSums.Burn.BELOW) {
            return false;
        }
        double minimumBad = watched.slo().additions().minimumBad();
        MinuteSums.Burn inLong = sums.burn(ofLong, minute, bar.about, minimumBad);
        if (inLong != MinuteSums.Burn.ABOVE || inShort != MinuteSums.Burn.ABOVE) {
            return inLong != MinuteSums.Burn.BELOW && firesExactly(bar, ofLong, ofShort, minute);
        }
        return true;
    }

    private boolean firesExactly(Bar bar, int ofLong, int ofShort, int minute) {
        ErrorBudget longBudget = over(ofLong, minute);
        ErrorBudget shortBudget = over(ofShort, minute);
        return longBudget != null
                && shortBudget != null
                && bar.rule.fires(
                        longBudget,
                        shortBudget,
                        bar.window,
                        watched.slo().additions().minimumBad());
    }

    private Run trimmed(Bar bar, int start, int end) {
        int first = start;
        for (int i = start; i > start - bar.shortMinutes && i >= 0; i--) {
            first = exceeds(bar, i) ? i : first;
        }
        int last = end;
        while (last > first && !exceeds(bar, last)) {
            last--;
        }
        return new Run(first, last, bar.rule, toNow && end == minutes - 1);
    }

    private boolean exceeds(Bar bar, int minute) {
        MinuteSums.Burn burn = sums.burn(sums.first(minute), sums.last(minute), bar.about, 0);
        if (burn != MinuteSums.Burn.NEAR) {
            return burn == MinuteSums.Burn.ABOVE;
        }
        ErrorBudget one = one(minute);
        Ratio rate = one == null ? null : one.burnRate();
        return rate != null && rate.compareTo(bar.factor) > 0;
    }

    /** The first of two rules is the more severe one: they stand in that order. */
    private List<Run> merged(List<Run> runs) {
        List<BurnRule> order = watched.slo().additions().burnRules();
        List<Run> sorted = new ArrayList<>(runs);
        sorted.sort(Comparator.comparing(Run::first));
        List<Run> merged = new ArrayList<>();
        for (Run next : sorted) {
            Run before = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (before == null || !before.touches(next)) {
                merged.add(next);
                continue;
            }
            BurnRule rule = order.indexOf(next.rule()) < order.indexOf(before.rule()) ? next.rule() : before.rule();
            merged.set(
                    merged.size() - 1,
                    new Run(before.first(), Math.max(before.last(), next.last()), rule, before.open() || next.open()));
        }
        return merged;
    }

    private Incident incident(Run run) {
        int peak = run.first();
        for (int i = run.first(); i <= run.last(); i++) {
            peak = sums.spent(i) > sums.spent(peak) ? i : peak;
        }
        ErrorBudget atPeak = one(peak);
        TimeRange range = new TimeRange(begin(run.first()), begin(run.last() + 1));
        Counts counts = budgets.counts(range);
        ErrorBudget own = budgets.over(range);
        ErrorBudget window = budgets.at(range.to().minusMillis(1));
        boolean measured = window.total() > 0;
        return new Incident(
                watched.name(),
                range.from(),
                begin(run.last()),
                run.open(),
                run.rule(),
                begin(peak),
                atPeak == null ? null : atPeak.burnRate(),
                counts,
                own.spent(),
                measured ? own.spent().times(window.windowMs()).dividedBy(Ratio.of(window.total())) : null,
                measured && window.budget().signum() > 0 ? own.spent().dividedBy(window.budget()) : null);
    }
}
