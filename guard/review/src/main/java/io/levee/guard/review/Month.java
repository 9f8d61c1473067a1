package io.levee.guard.review;

import io.levee.guard.slo.TimeRange;
import io.levee.guard.store.history.History;
import io.levee.guard.web.WebException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * A month that is looked at, up to now.
 *
 * @param month which
 * @param range from its first instant to its end, or to the end of the present minute
 * @param zone whose clocks begin it
 */
record Month(YearMonth month, TimeRange range, ZoneId zone) {
    static Month of(String text, Instant now, ZoneId zone) {
        YearMonth month;
        try {
            month = YearMonth.parse(text);
        } catch (DateTimeException e) {
            throw new WebException(400, "'" + text + "' is no month; write such as 2026-11");
        }
        Instant from = begin(month, zone);
        if (from.isAfter(now)) {
            throw new WebException(
                    400,
                    month + " has not begun; it is " + YearMonth.from(now.atZone(zone)) + " by the clocks of " + zone);
        }
        Instant end = begin(month.plusMonths(1), zone);
        Instant present = History.endOfMinute(now);
        return new Month(month, new TimeRange(from, end.isAfter(present) ? present : end), zone);
    }

    static Instant begin(YearMonth month, ZoneId zone) {
        return month.atDay(1).atStartOfDay(zone).toInstant();
    }

    boolean contains(Instant instant) {
        return YearMonth.from(instant.atZone(zone)).equals(month);
    }

    /** The end of each of its days; of the last one so far, now. */
    List<Instant> dayEnds() {
        List<Instant> ends = new ArrayList<>();
        LocalDate day = month.atDay(1).plusDays(1);
        while (true) {
            Instant end = day.atStartOfDay(zone).toInstant();
            if (!end.isBefore(range.to())) {
                ends.add(range.to());
                return ends;
            }
            ends.add(end);
            day = day.plusDays(1);
        }
    }
}
