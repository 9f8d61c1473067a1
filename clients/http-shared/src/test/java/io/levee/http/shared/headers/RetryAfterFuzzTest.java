package io.levee.http.shared.headers;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Call;
import io.levee.Levee;
import io.levee.Outcome;
import io.levee.RetryPolicy;
import io.levee.test.VirtualTime;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever a server sends as Retry-After and Date: java.time's own parser and BigInteger say what the answer is, and a
 * call never waits longer than its bounds. The long runs are tagged 'full': {@code ./levee test --full -pl clients/http-shared -am}.
 */
class RetryAfterFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static final String[] SPLICES = {
        "0", "9", "99999999999999999999", " ", "  ", "\t", ",", ":", "-", "+", ".", "GMT", "gmt", "UTC", "Z", "+0100",
                "Sun",
        "Sunday", "Feb", "feb", "FEB", "Foo", "29", "30", "31", "32", "00", "60", "61", "24", "1900", "2000", "\u0661",
                "\u00a0",
        "\u2003", "\u0130", "\u017f", "\uD835\uDFD8", "\n", "\r", "\u0000", "\"", ";", "e3", "0x",
    };

    // --- the oracle ------------------------------------------------------------------------------------------------

    /** The day name is compared by itself: java.time refuses one that is wrong for the date, and we pass it over. */
    private static final Pattern IMF = Pattern.compile("(?i)(mon|tue|wed|thu|fri|sat|sun), (\\d\\d .*)");

    private static final Pattern RFC_850 =
            Pattern.compile("(?i)(mon|tues|wednes|thurs|fri|satur|sun)day, (\\d\\d-[a-z]{3}-)(\\d\\d)( .*)");
    private static final Pattern ASCTIME = Pattern.compile("(?i)(mon|tue|wed|thu|fri|sat|sun) (.*)");

    private static final DateTimeFormatter IMF_REST = formatter("dd MMM uuuu HH:mm:ss 'GMT'");
    private static final DateTimeFormatter RFC_850_REST = formatter("dd-MMM-uuuu HH:mm:ss 'GMT'");
    private static final DateTimeFormatter ASCTIME_REST = formatter("MMM ppd HH:mm:ss uuuu");
    private static final DateTimeFormatter ASCTIME_REST_ZERO = formatter("MMM dd HH:mm:ss uuuu");

    private static DateTimeFormatter formatter(String pattern) {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(pattern)
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    private static @Nullable Instant dateByJavaTime(String text, Instant now) {
        if (!text.chars().allMatch(c -> c < 128)) {
            return null; // java.time takes a long s (U+017F) for the S of Sep
        }
        Matcher imf = IMF.matcher(text);
        if (imf.matches()) {
            return read(IMF_REST, imf.group(2));
        }
        Matcher rfc850 = RFC_850.matcher(text);
        if (rfc850.matches()) {
            // Of the years with these digits, the latest first, the first that is at most 50 years ahead is meant.
            LocalDateTime latest = LocalDateTime.ofInstant(now, ZoneOffset.UTC).plusYears(50);
            int digits = Integer.parseInt(rfc850.group(3));
            for (int year = latest.getYear() / 100 * 100 + digits; ; year -= 100) {
                if (year > latest.getYear()) {
                    continue;
                }
                // In a year of the same shape that has four digits; the calendar repeats itself every 400 years.
                int shape = 2000 + year % 400;
                Instant there = read(RFC_850_REST, rfc850.group(2) + shape + rfc850.group(4));
                Instant instant = there == null ? null : there.plus(Duration.ofDays((year - shape) / 400 * 146_097L));
                if (year < latest.getYear() || instant == null) {
                    return instant;
                }
                // The second 60 belongs to the minute that it ends.
                boolean leap = text.matches("(?s).*:60 .*");
                Instant minute = instant.minusSeconds(leap ? 60 : instant.getEpochSecond() % 60);
                if (!minute.isAfter(latest.toInstant(ZoneOffset.UTC))) {
                    return instant;
                }
            }
        }
        Matcher asctime = ASCTIME.matcher(text);
        if (asctime.matches()) {
            Instant padded = read(ASCTIME_REST, asctime.group(2));
            return padded == null ? read(ASCTIME_REST_ZERO, asctime.group(2)) : padded;
        }
        return null;
    }

    private static @Nullable Instant read(DateTimeFormatter formatter, String text) {
        int leap = text.indexOf(":60", text.indexOf(':') + 1);
        String read = leap < 0 ? text : text.substring(0, leap) + ":59" + text.substring(leap + 3);
        // java.time takes a sign before a year of four digits; HTTP knows none.
        if (read.matches("(?s).*[+-]\\d{4,}.*") && !read.matches("(?s).*-[A-Za-z]{3}-\\d{4} .*")) {
            return null;
        }
        try {
            LocalDateTime parsed = LocalDateTime.parse(read, formatter);
            return parsed.toInstant(ZoneOffset.UTC).plusSeconds(leap < 0 ? 0 : 1);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable Duration expected(String value, @Nullable String date, Instant wallNow) {
        String text = value.replaceAll("^[ \t]+|[ \t]+$", "");
        if (text.matches("[0-9]+")) {
            return Duration.ofSeconds(
                    new BigInteger(text).min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact());
        }
        Instant sent = date == null ? null : dateByJavaTime(date.replaceAll("^[ \t]+|[ \t]+$", ""), wallNow);
        Instant reference = sent == null ? wallNow : sent;
        Instant until = dateByJavaTime(text, reference);
        if (until == null) {
            return null;
        }
        long seconds = Math.max(0, until.getEpochSecond() - reference.getEpochSecond());
        return Duration.ofSeconds(reference.plusSeconds(seconds).isBefore(until) ? seconds + 1 : seconds);
    }

    // --- the properties --------------------------------------------------------------------------------------------

    @Property(tries = 3_000, shrinking = ShrinkingMode.BOUNDED, edgeCases = EdgeCasesMode.NONE)
    void theAnswerIsThatOfJavaTime(@ForAll("headers") String value, @ForAll("headers") String date) {
        sameAsTheOracle(value, date);
    }

    @Tag("full")
    @Property(tries = 400_000, shrinking = ShrinkingMode.BOUNDED, edgeCases = EdgeCasesMode.NONE)
    void theAnswerIsThatOfJavaTimeAtLength(@ForAll("headers") String value, @ForAll("headers") String date) {
        sameAsTheOracle(value, date);
    }

    private static void sameAsTheOracle(String value, String date) {
        for (String dateHeader : new String[] {null, date}) {
            Duration wait = RetryAfter.parse(value, dateHeader, NOW);
            assertThat(wait).as("%s, sent %s", value, dateHeader).isEqualTo(expected(value, dateHeader, NOW));
            assertThat(wait == null || (!wait.isNegative() && wait.getNano() == 0))
                    .isTrue();
        }
    }

    @Property(tries = 2_000)
    void aDateIsWhatRfc1123OfJavaTimeReads(@ForAll("instants") Instant instant) {
        String text = DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC));
        // That formatter leaves out the zero of a day below 10, and HTTP does not.
        String fixed = text.replaceFirst(", (\\d) ", ", 0$1 ");
        assertThat(RetryAfter.date(fixed, NOW))
                .isEqualTo(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(fixed)))
                .isEqualTo(instant);
    }

    @Property(tries = 500, shrinking = ShrinkingMode.BOUNDED, edgeCases = EdgeCasesMode.NONE)
    void noHeaderMakesACallWaitLongerThanItMay(@ForAll("headers") String value, @ForAll("headers") String date) {
        staysInItsBounds(value, date);
    }

    @Tag("full")
    @Property(tries = 100_000, shrinking = ShrinkingMode.BOUNDED, edgeCases = EdgeCasesMode.NONE)
    void noHeaderMakesACallWaitLongerThanItMayAtLength(
            @ForAll("headers") String value, @ForAll("headers") String date) {
        staysInItsBounds(value, date);
    }

    /** A call in virtual time: not over its deadline, not over maxServerDelay, and not back before it was asked to be. */
    private static void staysInItsBounds(String value, String date) {
        Duration wait = RetryAfter.parse(value, date, NOW);
        for (boolean bounded : new boolean[] {true, false}) {
            VirtualTime time = VirtualTime.create();
            Levee.Builder builder = Levee.named("x")
                    .time(time)
                    .idempotent()
                    .maxServerDelay(Duration.ofSeconds(600))
                    .retry(RetryPolicy.fixed(Duration.ofMillis(50)).attempts(2));
            Levee levee = (bounded ? builder.deadline(Duration.ofSeconds(30)) : builder.noDeadline()).build();
            List<Long> starts = new ArrayList<>();
            Call<Integer> call = Call.<Integer>named("get").outcome((status, failure) -> {
                Outcome outcome = Outcome.value(status).withStatus(503);
                return wait == null ? outcome : outcome.withMinDelay(wait);
            });
            long begun = time.nanoTime();
            levee.call(call, attempt -> {
                starts.add(time.nanoTime() - begun);
                return 503;
            });
            Duration took = Duration.ofNanos(time.nanoTime() - begun);
            assertThat(took).isLessThanOrEqualTo(Duration.ofSeconds(bounded ? 30 : 601));
            if (starts.size() == 2) {
                assertThat(starts.get(1)).isGreaterThanOrEqualTo(wait == null ? 0 : wait.toNanos());
            }
            levee.close();
        }
    }

    @Property(tries = 1_000)
    void ofSeveralHeadersTheLongestWaitWins(@ForAll("headerLists") List<String> values) {
        Duration longest = null;
        for (String value : values) {
            Duration wait = expected(value, null, NOW);
            longest = wait == null || (longest != null && longest.compareTo(wait) >= 0) ? longest : wait;
        }
        assertThat(RetryAfter.parse(values, null, NOW)).isEqualTo(longest);
    }

    @Test
    @Timeout(60)
    void hugeHeadersEndPromptly() {
        int size = 4_000_000;
        AtomicInteger read = new AtomicInteger();
        for (String piece :
                List.of("9", "0", " ", "\t", "Sun, ", "Sun, 06 Nov 1994 08:49:37 GMT", ":", "\u0661", "a")) {
            String huge = piece.repeat(size / piece.length());
            for (String value : List.of(huge, "Sun, 06 Nov 1994 08:49:37 GMT" + huge, huge + "7", "7" + huge + "x")) {
                Duration wait = RetryAfter.parse(value, huge, NOW);
                assertThat(wait == null || !wait.isNegative()).isTrue();
                read.incrementAndGet();
            }
        }
        assertThat(read).hasValue(36);
    }

    // --- the inputs ------------------------------------------------------------------------------------------------

    @Provide
    Arbitrary<Instant> instants() {
        return Arbitraries.longs()
                .between(
                        LocalDate.of(1583, 1, 1).toEpochDay() * 86_400,
                        LocalDate.of(9999, 12, 31).toEpochDay() * 86_400)
                .map(Instant::ofEpochSecond);
    }

    @Provide
    Arbitrary<List<String>> headerLists() {
        return headers().list().ofMaxSize(5);
    }

    /** Right ones in all forms, most of them then changed in a few places; and plain noise. */
    @Provide
    Arbitrary<String> headers() {
        Arbitrary<String> near = Arbitraries.longs()
                .between(-100_000, 100_000)
                .map(offset -> NOW.getEpochSecond() + offset)
                .flatMap(RetryAfterFuzzTest::forms);
        Arbitrary<String> far = instants().map(Instant::getEpochSecond).flatMap(RetryAfterFuzzTest::forms);
        // Where the century of two digits turns.
        long inFiftyYears = NOW.atOffset(ZoneOffset.UTC).plusYears(50).toEpochSecond();
        Arbitrary<String> turn = Arbitraries.longs()
                .between(inFiftyYears - 40_000_000, inFiftyYears + 40_000_000)
                .flatMap(RetryAfterFuzzTest::forms);
        Arbitrary<String> seconds = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 1_000).map(String::valueOf),
                Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(25));
        Arbitrary<String> right = Arbitraries.oneOf(near, far, turn, seconds);
        Arbitrary<String> changed = Combinators.combine(
                        right, Arbitraries.longs(), Arbitraries.integers().between(0, 4))
                .as(RetryAfterFuzzTest::changed);
        return Arbitraries.oneOf(
                changed,
                changed,
                right,
                Arbitraries.strings().ofMaxLength(40),
                Arbitraries.strings().ascii().ofMaxLength(30));
    }

    private static Arbitrary<String> forms(long epochSecond) {
        return Arbitraries.of(
                        "EEE, dd MMM uuuu HH:mm:ss 'GMT'",
                        "EEEE, dd-MMM-uu HH:mm:ss 'GMT'",
                        "EEE MMM ppd HH:mm:ss uuuu",
                        "EEE, dd MMM uuuu HH:mm:60 'GMT'")
                .map(form -> DateTimeFormatter.ofPattern(form, Locale.ENGLISH)
                        .format(Instant.ofEpochSecond(epochSecond).atZone(ZoneOffset.UTC)));
    }

    private static String changed(String header, long seed, int changes) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(header);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(text.length() + 1);
            int to = Math.min(text.length(), at + random.nextInt(5));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, to);
                case 1 -> text.insert(at, SPLICES[random.nextInt(SPLICES.length)]);
                case 2 -> text.replace(at, to, SPLICES[random.nextInt(SPLICES.length)]);
                case 3 -> text.replace(at, to, text.substring(at, to).toUpperCase(Locale.ROOT));
                default -> {
                    if (at < text.length() && Character.isDigit(text.charAt(at))) {
                        text.setCharAt(at, (char) ('0' + random.nextInt(10)));
                    }
                }
            }
        }
        return text.toString();
    }
}
