package io.levee;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * HTTP-date in its three forms (RFC 9110, section 5.6.7). Names are taken in any case, and a day name that is wrong for
 * the date is passed over: what counts is when the server wants us back, not how well it writes.
 */
final class HttpDate {
    private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

    private static final List<Pattern> FORMS = List.of(
            // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
            form("%D, (?<day>[0-9]{2}) %M (?<year>[0-9]{4}) %T GMT"),
            // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
            form("(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>[0-9]{2})-%M-(?<year>[0-9]{2}) %T GMT"),
            // asctime: Sun Nov  6 08:49:37 1994
            form("%D %M (?<day>[0-9]{2}| [0-9]) %T (?<year>[0-9]{4})"));

    private static final int LEAP_SECOND = 60;

    private HttpDate() {}

    private static Pattern form(String regex) {
        return Pattern.compile(
                regex.replace("%D", "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)")
                        .replace("%M", "(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)")
                        .replace("%T", "(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})"),
                Pattern.CASE_INSENSITIVE);
    }

    /**
     * Reads a date.
     *
     * @param text without white space round it
     * @param now the reference for a year of two digits
     * @return the instant, or null if the text is no such date
     */
    static @Nullable Instant parse(String text, Instant now) {
        for (Pattern form : FORMS) {
            Matcher parts = form.matcher(text);
            if (parts.matches()) {
                return instant(parts, now);
            }
        }
        return null;
    }

    private static @Nullable Instant instant(Matcher parts, Instant now) {
        String year = parts.group("year");
        int second = Integer.parseInt(parts.group("second"));
        if (second > LEAP_SECOND) {
            return null;
        }
        try {
            int month = 1 + MONTHS.indexOf(parts.group("month").toLowerCase(Locale.ROOT)) / 3;
            int day = Integer.parseInt(parts.group("day").trim());
            LocalTime time =
                    LocalTime.of(Integer.parseInt(parts.group("hour")), Integer.parseInt(parts.group("minute")));
            LocalDateTime minute = year.length() == 2
                    ? inNearestCentury(Integer.parseInt(year), month, day, time, now)
                    : LocalDate.of(Integer.parseInt(year), month, day).atTime(time);
            // A leap second (60) is the first second of the next minute on this scale.
            return minute.toInstant(ZoneOffset.UTC).plusSeconds(second);
        } catch (DateTimeException e) {
            return null; // 31 February, 25 o'clock
        }
    }

    /**
     * A date whose year has two digits: the latest one that is not more than 50 years ahead (RFC 9110, section 5.6.7).
     */
    private static LocalDateTime inNearestCentury(int twoDigits, int month, int day, LocalTime time, Instant now) {
        LocalDateTime latest = now.atOffset(ZoneOffset.UTC).toLocalDateTime().plusYears(50);
        int year = latest.getYear() - Math.floorMod(latest.getYear(), 100) + twoDigits;
        boolean tooLate = year > latest.getYear()
                || (year == latest.getYear()
                        && LocalDate.of(year, month, day).atTime(time).isAfter(latest));
        return LocalDate.of(tooLate ? year - 100 : year, month, day).atTime(time);
    }
}
