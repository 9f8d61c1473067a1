package io.levee.guard.slo;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A duration in OpenSLO's shorthand: {@code 5m}, {@code 12h}, {@code 28d}, {@code 4w}; and {@code 1M}, {@code 1Q},
 * {@code 1Y}, whose length depends on where in the calendar they lie. Immutable.
 *
 * @param amount 1 or more
 * @param unit what is counted
 */
public record Span(long amount, Unit unit) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,6})([mhdwMQY])");

    /** What a span counts. */
    public enum Unit {
        /** 60 seconds. */
        MINUTE("m", Duration.ofMinutes(1), 0),
        /** 60 minutes. */
        HOUR("h", Duration.ofHours(1), 0),
        /** 24 hours; in a calendar, one day, whatever its length. */
        DAY("d", Duration.ofDays(1), 0),
        /** 7 days. */
        WEEK("w", Duration.ofDays(7), 0),
        /** A calendar month. */
        MONTH("M", null, 1),
        /** 3 calendar months. */
        QUARTER("Q", null, 3),
        /** 12 calendar months. */
        YEAR("Y", null, 12);

        private final String letter;
        private final @Nullable Duration length;
        private final int months;

        Unit(String letter, @Nullable Duration length, int months) {
            this.letter = letter;
            this.length = length;
            this.months = months;
        }
    }

    /**
     * Checks the amount.
     *
     * @throws IllegalArgumentException if it is below 1 or above 999,999
     */
    public Span {
        if (amount < 1 || amount > 999_999) {
            throw new IllegalArgumentException("a duration must be from 1 to 999999 of its unit, is " + amount);
        }
    }

    /**
     * Reads the shorthand.
     *
     * @param text such as {@code 28d}
     * @return the span
     * @throws IllegalArgumentException saying what is wrong with the text and what would be right
     */
    public static Span parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + Text.shown(text)
                    + "' is no duration; write a whole number and one of m (minutes), h, d, w, M (months), Q, Y,"
                    + " such as 28d");
        }
        for (Unit unit : Unit.values()) {
            if (unit.letter.equals(parts.group(2))) {
                return new Span(Long.parseLong(parts.group(1)), unit);
            }
        }
        throw new AssertionError(text);
    }

    /**
     * Whether it is always equally long.
     *
     * @return whether the unit is minutes, hours, days or weeks
     */
    public boolean isFixed() {
        return unit.length != null;
    }

    /**
     * How long it is.
     *
     * @return the length
     * @throws IllegalArgumentException if it depends on the calendar
     */
    public Duration toDuration() {
        Duration length = unit.length;
        if (length == null) {
            throw new IllegalArgumentException(this + " has no fixed length; write days or weeks, such as 28d");
        }
        return length.multipliedBy(amount);
    }

    /** A local time so many spans later. Days and longer keep the time of day; months are cut to their last day. */
    LocalDateTime after(LocalDateTime start, long spans) {
        long units = Math.multiplyExact(amount, spans);
        return switch (unit) {
            case MINUTE -> start.plusMinutes(units);
            case HOUR -> start.plusHours(units);
            case DAY -> start.plusDays(units);
            case WEEK -> start.plusWeeks(units);
            case MONTH, QUARTER, YEAR -> start.plusMonths(Math.multiplyExact(units, unit.months));
        };
    }

    /** A length that is near enough to guess a number of spans from. */
    Duration roughly() {
        Duration length = unit.length;
        return (length == null ? Duration.ofHours(730L * unit.months) : length).multipliedBy(amount);
    }

    @Override
    public String toString() {
        return amount + unit.letter;
    }
}
