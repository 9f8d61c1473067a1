package io.levee.http.shared.headers;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @ParameterizedTest
    @CsvSource({"0,0", "120,120", "007,7", "' 5 ',5", "'\t5',5", "9223372036854775807,9223372036854775807"})
    void secondsAreRead(String value, long seconds) {
        assertThat(RetryAfter.parse(value, null, NOW)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "99999999999999999999999999999999"})
    void aNumberTooLongIsTheLongestWait(String value) {
        Duration wait = RetryAfter.parse(value, null, NOW);
        assertThat(wait).isEqualTo(Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(Outcome.value(null).withMinDelay(wait).minDelayNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\t",
                "-1",
                "+1",
                "1.5",
                "1,5",
                "1e3",
                "0x10",
                "1 2",
                "120s",
                "12\u0660",
                "\u0661\u0662",
                "\u00a05",
                "soon",
                "null",
                "120, 60",
                "Sun, 31 Feb 2027 10:00:00 GMT",
                "Sun, 22 Nov 2026 25:00:00 GMT",
                "Sun, 22 Nov 2026 10:60:00 GMT",
                "Sun, 22 Nov 2026 10:00:61 GMT",
                "Sun, 22 Nov 2026 10:00:00",
                "Sun, 22 Nov 2026 10:00:00 CET",
                "Sun, 22 Nov 2026 10:00:00 +0100",
                "Sun 22 Nov 2026 10:00:00 GMT",
                "So, 22 Nov 2026 10:00:00 GMT",
                "Sun, 2 Nov 2026 10:00:00 GMT",
                "2026-11-22T10:00:00Z"
            })
    void garbageIsNull(String value) {
        assertThat(RetryAfter.parse(value, null, NOW)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sun, 22 Nov 2026 10:02:00 GMT",
                "Sunday, 22-Nov-26 10:02:00 GMT",
                "Sun Nov 22 10:02:00 2026",
                "sun, 22 NOV 2026 10:02:00 gmt",
                " Sun, 22 Nov 2026 10:02:00 GMT ",
                "Mon, 22 Nov 2026 10:02:00 GMT",
                "Sun, 22 Nov 2026 10:01:60 GMT"
            })
    void allThreeFormsOfADateAreRead(String value) {
        assertThat(RetryAfter.parse(value, null, NOW)).isEqualTo(Duration.ofSeconds(120));
    }

    @Test
    void asctimePadsTheDayWithASpace() {
        assertThat(RetryAfter.parse("Sun Nov  6 08:49:37 1994", null, Instant.parse("1994-11-06T08:49:30Z")))
                .isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aDateThatHasPassedIsNoWait() {
        assertThat(RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT", null, NOW)).isEqualTo(Duration.ZERO);
        assertThat(RetryAfter.parse("Sun, 22 Nov 2026 10:00:00 GMT", null, NOW)).isEqualTo(Duration.ZERO);
    }

    @Test
    void nobodyComesBackEarly() {
        Instant halfPast = NOW.plusMillis(500);
        assertThat(RetryAfter.parse("Sun, 22 Nov 2026 10:00:01 GMT", null, halfPast))
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(RetryAfter.parse("Sun, 22 Nov 2026 10:00:01 GMT", null, NOW.plusNanos(1)))
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(RetryAfter.parse("Sun, 22 Nov 2026 10:00:01 GMT", null, NOW)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void theServersOwnClockCountsWhereItIsSent() {
        String until = "Sun, 22 Nov 2026 10:02:00 GMT";
        Instant wrongByDays = NOW.plus(Duration.ofDays(3));
        assertThat(RetryAfter.parse(until, "Sun, 22 Nov 2026 10:00:00 GMT", wrongByDays))
                .isEqualTo(Duration.ofSeconds(120));
        assertThat(RetryAfter.parse(until, "garbage", NOW)).isEqualTo(Duration.ofSeconds(120));
        assertThat(RetryAfter.parse("60", "Sun, 22 Nov 2026 10:00:00 GMT", wrongByDays))
                .isEqualTo(Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @CsvSource({
        // now, two digits, the year meant
        "2026-11-22T10:00:00Z, 27, 2027",
        "2026-11-22T10:00:00Z, 76, 2076",
        "2026-11-22T10:00:00Z, 77, 1977",
        "2026-11-22T10:00:00Z, 94, 1994",
        "2099-06-01T00:00:00Z, 01, 2101",
        "1999-06-01T00:00:00Z, 00, 2000",
    })
    void aYearOfTwoDigitsIsNotMoreThanFiftyYearsAhead(Instant now, String digits, int year) {
        Instant meant = ZonedDateTime.of(year, 3, 1, 0, 0, 0, 0, ZoneOffset.UTC).toInstant();
        assertThat(RetryAfter.date("Monday, 01-Mar-" + digits + " 00:00:00 GMT", now))
                .isEqualTo(meant);
    }

    @Test
    void theFiftyYearsAreCountedToTheSecond() {
        assertThat(RetryAfter.date("Sunday, 22-Nov-76 10:00:00 GMT", NOW))
                .isEqualTo(Instant.parse("2076-11-22T10:00:00Z"));
        assertThat(RetryAfter.date("Sunday, 22-Nov-76 10:01:00 GMT", NOW))
                .isEqualTo(Instant.parse("1976-11-22T10:01:00Z"));
    }

    @Test
    void ofSeveralValuesTheLongestWins() {
        assertThat(RetryAfter.parse(List.of("10", "x", "120", "60"), null, NOW)).isEqualTo(Duration.ofSeconds(120));
        assertThat(RetryAfter.parse(List.of("x"), null, NOW)).isNull();
        assertThat(RetryAfter.parse(List.of(), null, NOW)).isNull();
    }

    @Test
    void theDefaultLocaleDoesNotMatter() {
        Locale before = Locale.getDefault();
        try {
            for (String tag :
                    List.of("tr-TR", "ar-EG-u-nu-arab", "th-TH-u-ca-buddhist-nu-thai", "ja-JP-u-ca-japanese")) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                assertThat(RetryAfter.parse("FRI, 20 Nov 2026 10:02:00 GMT", null, NOW))
                        .as(tag)
                        .isEqualTo(Duration.ZERO);
                assertThat(RetryAfter.parse("Mon, 23 Nov 2026 10:00:00 GMT", null, NOW))
                        .as(tag)
                        .isEqualTo(Duration.ofDays(1));
                assertThat(RetryAfter.parse("120", null, NOW)).as(tag).isEqualTo(Duration.ofSeconds(120));
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void theEdgesOfTimeDoNotThrow() {
        for (Instant now : List.of(Instant.MIN, Instant.MAX, Instant.EPOCH)) {
            RetryAfter.parse("Sunday, 22-Nov-26 10:02:00 GMT", null, now);
            RetryAfter.parse("Sun, 22 Nov 9999 10:02:00 GMT", null, now);
            RetryAfter.parse("Sun Nov 22 10:02:00 0000", null, now);
        }
    }

    @Property
    void everyDateComesBackInEveryForm(
            @ForAll @LongRange(min = 0, max = 4_102_444_799L) long epochSecond,
            @ForAll @IntRange(max = 999_999_999) int nano) {
        Instant now = NOW.plusNanos(nano);
        Instant until = Instant.ofEpochSecond(epochSecond);
        ZonedDateTime utc = until.atZone(ZoneOffset.UTC);
        for (String form : List.of("EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEE MMM ppd HH:mm:ss yyyy")) {
            String text = DateTimeFormatter.ofPattern(form, Locale.ENGLISH).format(utc);
            Duration wait = RetryAfter.parse(text, null, now);
            assertThat(wait).as(text).isNotNull();
            assertThat(now.plus(wait)).as("never early").isAfterOrEqualTo(until.isAfter(now) ? until : now);
            Duration exact = until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO;
            assertThat(wait).as("late by less than a second").isLessThan(exact.plusSeconds(1));
            assertThat(wait.getNano()).isZero();
        }
    }

    @Property
    void noTextThrows(@ForAll("texts") String value, @ForAll("texts") String date) {
        Duration wait = RetryAfter.parse(value, date, NOW);
        assertThat(wait == null || !wait.isNegative()).isTrue();
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings(),
                Arbitraries.strings().withChars("0123456789 ,:-GMTSunNovday").ofMaxLength(40),
                Arbitraries.strings().numeric());
    }
}
