package io.levee.http.shared.headers;

import java.time.DateTimeException;
import java.time.Duration;
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
 * Reads the Retry-After header (RFC 9110, section 10.2.3) as the shortest wait before another attempt. Stateless;
 * English day and month names whatever the default locale; never throws on what a server may send. The adapters for HTTP
 * clients use it; one's own hands what it reads to {@link io.levee.Outcome#withMinDelay}.
 *
 * <p>The date form is measured against the same response's Date header where that can be read: both come from the
 * server's clock, so a wrong clock here cannot make the wait wrong. Only without it the wall clock counts, and the
 * engine bounds what a jump of that can do (see docs/classification.md).
 */
public final class RetryAfter {
    private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

    private static final List<Pattern> FORMS = List.of(
            // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
            form("%D, (?<day>[0-9]{2}) %M (?<year>[0-9]{4}) %T GMT"),
            // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
            form("(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>[0-9]{2})-%M-(?<year>[0-9]{2}) %T GMT"),
            // asctime: Sun Nov  6 08:49:37 1994
            form("%D %M (?<day>[0-9]{2}| [0-9]) %T (?<year>[0-9]{4})"));

    private static final int LEAP_SECOND = 60;

    private RetryAfter() {}

    /**
     * Reads one value.
     *
     * @param value the header's value: a number of seconds, or a date in one of the three forms of RFC 9110, section
     *     5.6.7
     * @param dateHeader the value of the same response's Date header; null if it has none
     * @param wallNow the wall clock, used only for a date where the Date header is absent or unreadable
     * @return the wait in whole seconds, rounded up so that nobody comes back early; zero for a date that has passed;
     *     as long as a Duration can be for a number that is longer; null for what is neither a number nor a date
     */
    public static @Nullable Duration parse(String value, @Nullable String dateHeader, Instant wallNow) {
        String text = withoutOws(value);
        if (text.isEmpty()) {
            return null;
        }
        if (isDigit(text.charAt(0)) && allDigits(text)) {
            return seconds(text);
        }
        Instant sent = dateHeader == null ? null : date(withoutOws(dateHeader), wallNow);
        Instant reference = sent == null ? wallNow : sent;
        Instant until = date(text, reference);
        return until == null ? null : wholeSecondsUp(reference, until);
    }

    /**
     * Reads the header values of a response that has just come in: like the other methods, with the wall clock's present
     * instant, which only counts where the response has no readable Date header. The one place in the library that reads
     * the wall clock for a wait.
     *
     * @param values the values of all Retry-After headers of the response
     * @param dateHeader the response's own Date header, or null
     * @return the longest wait, or null if none can be read
     */
    public static @Nullable Duration parse(List<String> values, @Nullable String dateHeader) {
        return parse(values, dateHeader, Instant.now());
    }

    /**
     * Reads the values of a header that was given several times, which the standard does not provide for. The longest
     * wait wins: of two wishes of the downstream, honouring the longer one breaks neither. Values that cannot be read
     * are passed over.
     *
     * @param values the header's values, in any order
     * @param dateHeader the value of the same response's Date header; null if it has none
     * @param wallNow the wall clock, used only for dates where the Date header is absent or unreadable
     * @return the longest wait; null if no value can be read
     */
    public static @Nullable Duration parse(List<String> values, @Nullable String dateHeader, Instant wallNow) {
        Duration longest = null;
        for (String value : values) {
            Duration wait = parse(value, dateHeader, wallNow);
            if (wait != null && (longest == null || wait.compareTo(longest) > 0)) {
                longest = wait;
            }
        }
        return longest;
    }

    private static Duration wholeSecondsUp(Instant from, Instant until) {
        if (!until.isAfter(from)) {
            return Duration.ZERO;
        }
        Duration exact = Duration.between(from, until);
        return exact.getNano() == 0 ? exact : Duration.ofSeconds(exact.getSeconds() + 1);
    }

    private static Duration seconds(String digits) {
        long seconds = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (seconds > (Long.MAX_VALUE - digit) / 10) {
                return Duration.ofSeconds(Long.MAX_VALUE);
            }
            seconds = seconds * 10 + digit;
        }
        return Duration.ofSeconds(seconds);
    }

    private static boolean allDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** ASCII only: Character.isDigit also takes the digits of other scripts. */
    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Optional white space round a field value is space and tab and nothing else (RFC 9110, section 5.6.3). */
    private static String withoutOws(String value) {
        int from = 0;
        int to = value.length();
        while (from < to && isOws(value.charAt(from))) {
            from++;
        }
        while (to > from && isOws(value.charAt(to - 1))) {
            to--;
        }
        return value.substring(from, to);
    }

    private static boolean isOws(char c) {
        return c == ' ' || c == '\t';
    }

    private static Pattern form(String regex) {
        return Pattern.compile(
                regex.replace("%D", "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)")
                        .replace("%M", "(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)")
                        .replace("%T", "(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})"),
                Pattern.CASE_INSENSITIVE);
    }

    /**
     * HTTP-date in its three forms (RFC 9110, section 5.6.7). Names are taken in any case, and a day name that is wrong
     * for the date is passed over: what counts is when the server wants us back, not how well it writes.
     *
     * @param text without white space round it
     * @param now the reference for a year of two digits
     * @return the instant, or null if the text is no such date
     */
    static @Nullable Instant date(String text, Instant now) {
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
