package io.levee.guard.store.history;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened to one objective, added up from the beginning of a stretch of time: whole hours are read at once, minutes by
 * the day and only where a question cuts an hour. Any range is then two look-ups, so the budgets of a curve cost no more than
 * its points and its hours. As it was when it was read; not thread-safe.
 */
public final class History implements Terms.Source {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final long MINUTE_MS = MINUTE.toMillis();
    private static final long HOUR_MS = HOUR.toMillis();
    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    private final Store store;
    private final String slo;
    private final Sums hours;
    private final Map<Long, Sums> days = new HashMap<>();

    /**
     * Reads the hours.
     *
     * @param store the counts
     * @param slo under which name they are kept
     * @param stretch what is asked for later must lie in it
     */
    public History(Store store, String slo, TimeRange stretch) {
        this.store = store;
        this.slo = slo;
        this.hours = Sums.of(store.steps(slo, whole(stretch, HOUR_MS), HOUR));
    }

    /**
     * The instant that figures are reckoned at: the last one of the minute, since an event is counted to the minute in which
     * it happened and this minute's belong to the window. As the gate does it.
     *
     * @param now any instant
     * @return the last millisecond of its minute
     */
    public static Instant endOfMinute(Instant now) {
        return now.truncatedTo(ChronoUnit.MINUTES).plus(MINUTE).minusMillis(1);
    }

    private static TimeRange whole(TimeRange range, long stepMs) {
        return new TimeRange(
                Instant.ofEpochMilli(Math.floorDiv(range.from().toEpochMilli(), stepMs) * stepMs),
                Instant.ofEpochMilli(Math.floorDiv(range.to().toEpochMilli() + stepMs - 1, stepMs) * stepMs));
    }

    @Override
    public Counts counts(TimeRange range) {
        return tally(range).counts();
    }

    /**
     * With what is kept beside the counts.
     *
     * @param range a minute belongs to the one in which it begins
     * @return the sum
     */
    public Store.Tally tally(TimeRange range) {
        long[] sum = new long[Sums.FIELDS];
        addUpTo(range.to(), sum, 1);
        addUpTo(range.from(), sum, -1);
        return Sums.tally(sum);
    }

    /** Takes what happened in a minute. */
    @FunctionalInterface
    interface MinuteVisitor {
        void visit(long beginMs, Counts counts);
    }

    /**
     * The minutes of a range that have events, in order: each as {@link #counts} gives it alone, at the cost of one walk over them
     * all. Where minutes are gone, the last one of an hour has what the hour has.
     *
     * @param range a minute belongs to the one in which it begins
     */
    void minutes(TimeRange range, MinuteVisitor visitor) {
        long to = firstMinuteFrom(range.to());
        long minute = firstMinuteFrom(range.from());
        while (minute < to) {
            long hour = Math.floorDiv(minute, HOUR_MS) * HOUR_MS;
            long end = Math.min(to, hour + HOUR_MS);
            long last = hour + HOUR_MS - MINUTE_MS;
            Counts whole = hours.between(hour, hour + HOUR_MS);
            if (whole.total() > 0) {
                Sums day = day(hour);
                day.forEach(minute, Math.min(end, last), visitor);
                Counts counts = minus(whole, day.between(hour, last));
                if (minute <= last && last < end && counts.total() > 0) {
                    visitor.visit(last, counts);
                }
            }
            minute = end;
        }
    }

    private static Counts minus(Counts whole, Counts part) {
        return counts(whole.good() - part.good(), whole.bad() - part.bad(), whole.degraded() - part.degraded());
    }

    /** Minutes are read later than hours, so one that grew meanwhile can be more than its hour. */
    private static Counts counts(long good, long bad, long degraded) {
        return new Counts(Math.max(0, good), Math.max(0, bad), Math.max(0, degraded));
    }

    private static long firstMinuteFrom(Instant instant) {
        return Math.floorDiv(instant.toEpochMilli() + MINUTE_MS - 1, MINUTE_MS) * MINUTE_MS;
    }

    private void addUpTo(Instant instant, long[] sum, int sign) {
        long minute = firstMinuteFrom(instant);
        long hour = Math.floorDiv(minute, HOUR_MS) * HOUR_MS;
        hours.addBefore(hour, sum, sign);
        if (minute > hour) {
            Sums day = day(hour);
            day.addBefore(minute, sum, sign);
            day.addBefore(hour, sum, -sign);
        }
    }

    private Sums day(long ms) {
        return days.computeIfAbsent(Math.floorDiv(ms, DAY_MS), this::read);
    }

    private Sums read(long day) {
        Instant from = Instant.ofEpochMilli(day * DAY_MS);
        return Sums.of(store.steps(slo, new TimeRange(from, from.plusMillis(DAY_MS)), MINUTE));
    }

    /** Steps of time, each with the sum of those before it. */
    private static final class Sums {
        static final int FIELDS = 5;

        private final long[] beginMs;
        /** Row i has the sum of the steps before step i. */
        private final long[][] before;

        private Sums(long[] beginMs, long[][] before) {
            this.beginMs = beginMs;
            this.before = before;
        }

        static Sums of(List<Store.Step> steps) {
            long[] begins = new long[steps.size()];
            long[][] before = new long[steps.size() + 1][FIELDS];
            for (int i = 0; i < begins.length; i++) {
                Store.Tally tally = steps.get(i).tally();
                begins[i] = steps.get(i).begin().toEpochMilli();
                before[i + 1][0] = before[i][0] + tally.counts().good();
                before[i + 1][1] = before[i][1] + tally.counts().bad();
                before[i + 1][2] = before[i][2] + tally.counts().degraded();
                before[i + 1][3] = before[i][3] + tally.attempts();
                before[i + 1][4] = before[i][4] + tally.savedByRetry();
            }
            return new Sums(begins, before);
        }

        /** The first step that begins at an instant or later. */
        private int firstFrom(long ms) {
            int found = Arrays.binarySearch(beginMs, ms);
            return found >= 0 ? found : -found - 1;
        }

        private Counts between(int first, int end) {
            long[] from = before[first];
            long[] to = before[end];
            return counts(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
        }

        Counts between(long fromMs, long toMs) {
            return between(firstFrom(fromMs), firstFrom(toMs));
        }

        void forEach(long fromMs, long toMs, MinuteVisitor visitor) {
            for (int i = firstFrom(fromMs); i < beginMs.length && beginMs[i] < toMs; i++) {
                visitor.visit(beginMs[i], between(i, i + 1));
            }
        }

        void addBefore(long ms, long[] sum, int sign) {
            long[] row = before[firstFrom(ms)];
            for (int i = 0; i < FIELDS; i++) {
                sum[i] += sign * row[i];
            }
        }

        static Store.Tally tally(long[] sum) {
            return new Store.Tally(counts(sum[0], sum[1], sum[2]), Math.max(0, sum[3]), Math.max(0, sum[4]));
        }
    }
}
