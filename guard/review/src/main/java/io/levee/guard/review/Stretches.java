package io.levee.guard.review;

import io.levee.guard.slo.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Stretches of time as sets. Pure. */
final class Stretches {
    private Stretches() {}

    /** What lies in the range, in order, with those that touch or overlap as one. */
    static List<TimeRange> within(TimeRange range, List<TimeRange> stretches) {
        List<TimeRange> sorted = new ArrayList<>();
        for (TimeRange each : stretches) {
            Instant from = each.from().isBefore(range.from()) ? range.from() : each.from();
            Instant to = each.to().isAfter(range.to()) ? range.to() : each.to();
            if (from.isBefore(to)) {
                sorted.add(new TimeRange(from, to));
            }
        }
        sorted.sort(Comparator.comparing(TimeRange::from));
        List<TimeRange> joined = new ArrayList<>();
        for (TimeRange next : sorted) {
            TimeRange before = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (before == null || before.to().isBefore(next.from())) {
                joined.add(next);
            } else if (next.to().isAfter(before.to())) {
                joined.set(joined.size() - 1, new TimeRange(before.from(), next.to()));
            }
        }
        return joined;
    }

    /** What is left of a stretch without others, which must be as {@link #within} gives them. */
    static List<TimeRange> without(TimeRange range, List<TimeRange> taken) {
        List<TimeRange> left = new ArrayList<>();
        Instant from = range.from();
        for (TimeRange each : within(range, taken)) {
            if (from.isBefore(each.from())) {
                left.add(new TimeRange(from, each.from()));
            }
            from = each.to();
        }
        if (from.isBefore(range.to())) {
            left.add(new TimeRange(from, range.to()));
        }
        return left;
    }
}
