package io.levee.guard.slo;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import net.fortuna.ical4j.model.Recur;
import net.fortuna.ical4j.transform.recurrence.Frequency;
import org.jspecify.annotations.Nullable;

/**
 * Time that does not count, once or again and again, and who said so for what reason. What happens in it is neither good
 * nor bad nor part of the total, and its length is no part of the window's. Immutable and thread-safe.
 *
 * <p>Recurrence is RFC 5545's RRULE on the zone's clocks: a window at 02:00 every Sunday stays at 02:00 when the clocks
 * change. A begin that the clocks skip is as much later as they were put forward, and of one that they show twice the first
 * counts (RFC 5545, section 3.3.5). The length is time that passes: two hours are two hours on such a night, too.
 */
public final class Exclusion {
    private static final Pattern ZERO_INTERVAL = Pattern.compile("INTERVAL=0+(;|$)");
    private static final Pattern UNTIL = Pattern.compile("(?i);UNTIL=[^;]*|UNTIL=[^;]*;");

    /** No zone differs more than 18 hours from UTC, so two days reach every occurrence that may overlap. */
    private static final Duration ZONES = Duration.ofDays(2);

    private final String name;
    private final LocalDateTime start;
    private final ZoneId zone;
    private final Duration length;
    private final @Nullable String rule;
    private final String author;
    private final String reason;

    private Exclusion(
            String name,
            LocalDateTime start,
            ZoneId zone,
            Duration length,
            @Nullable String rule,
            String author,
            String reason) {
        this.name = name;
        this.start = start;
        this.zone = zone;
        this.length = length;
        this.rule = rule;
        this.author = author;
        this.reason = reason;
    }

    /**
     * An exclusion.
     *
     * @param name what reports call it
     * @param start when it begins (for the first time), by the clocks of the zone
     * @param zone whose clocks
     * @param length how long it takes each time; above 0, at most 366 days
     * @param rule RFC 5545's RRULE without its name, such as {@code FREQ=WEEKLY;BYDAY=SU}; null for once. HOURLY is the
     *     shortest frequency
     * @param author who decided it; not blank
     * @param reason why; not blank
     * @return the exclusion
     * @throws IllegalArgumentException saying what is wrong and what would be right
     */
    public static Exclusion of(
            String name,
            LocalDateTime start,
            ZoneId zone,
            Duration length,
            @Nullable String rule,
            String author,
            String reason) {
        if (author.isBlank() || reason.isBlank()) {
            throw new IllegalArgumentException("an exclusion needs an author and a reason; one of them is blank");
        }
        if (length.isNegative() || length.isZero() || length.compareTo(Duration.ofDays(366)) > 0) {
            throw new IllegalArgumentException("an exclusion must be above 0 and at most 366 days long, is " + length);
        }
        Exclusion exclusion = new Exclusion(name, start, zone, length, rule, author, reason);
        if (rule != null) {
            exclusion.checkRule(rule);
        }
        return exclusion;
    }

    /** A rule without its end, which has to run on the zone's clocks as the rule does; and that end. */
    private record Rule(Recur<Temporal> recur, @Nullable LocalDateTime until) {}

    private void checkRule(String text) {
        Rule parsed = parsed(text);
        Frequency frequency = parsed.recur().getFrequency();
        if (frequency == Frequency.SECONDLY || frequency == Frequency.MINUTELY) {
            throw new IllegalArgumentException("the rule recurs more often than hourly; what is excluded all the time"
                    + " is no part of the objective");
        }
        Temporal first = parsed.recur().getNextDate(start, start.minusSeconds(1));
        LocalDateTime until = parsed.until();
        if (first == null || (until != null && until.isBefore(start))) {
            throw new IllegalArgumentException("the rule '" + Text.shown(text) + "' never occurs");
        }
        if (!first.equals(start)) {
            throw new IllegalArgumentException("the rule '" + Text.shown(text) + "' does not occur at the start "
                    + start + "; its first occurrence is " + first + ", so write that as the start");
        }
    }

    private Rule parsed(String text) {
        try {
            if (ZERO_INTERVAL.matcher(text).find()) {
                throw new IllegalArgumentException("INTERVAL must be 1 or more");
            }
            Temporal until = new Recur<Temporal>(text).getUntil();
            return new Rule(
                    new Recur<>(UNTIL.matcher(text).replaceAll("")), until == null ? null : onTheZonesClocks(until));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + Text.shown(text) + "' is no RRULE of RFC 5545 (" + Text.shown(String.valueOf(e.getMessage()))
                            + "); write such as FREQ=WEEKLY;BYDAY=SU",
                    e);
        }
    }

    private LocalDateTime onTheZonesClocks(Temporal until) {
        if (until instanceof LocalDate day) {
            return day.atTime(23, 59, 59);
        }
        if (until instanceof LocalDateTime local) {
            return local;
        }
        return Instant.from(until).atZone(zone).toLocalDateTime();
    }

    /**
     * When it applies within a range.
     *
     * @param range where to look
     * @return the parts of the range that are excluded, in order, none touching another
     */
    public List<TimeRange> within(TimeRange range) {
        List<TimeRange> found = new ArrayList<>();
        if (rule == null) {
            add(found, range, start);
            return found;
        }
        LocalDateTime from = LocalDateTime.ofInstant(range.from().minus(length).minus(ZONES), ZoneOffset.UTC);
        LocalDateTime to = LocalDateTime.ofInstant(range.to().plus(ZONES), ZoneOffset.UTC);
        Rule parsed = parsed(rule);
        LocalDateTime until = parsed.until();
        for (Temporal occurrence : parsed.recur().getDates(start, from, to)) {
            LocalDateTime begin = (LocalDateTime) occurrence;
            if (until == null || !begin.isAfter(until)) {
                add(found, range, begin);
            }
        }
        return merged(found);
    }

    private void add(List<TimeRange> found, TimeRange range, LocalDateTime begin) {
        Instant from = begin.atZone(zone).toInstant();
        Instant to = from.plus(length);
        if (from.isBefore(range.to()) && to.isAfter(range.from())) {
            found.add(new TimeRange(
                    from.isBefore(range.from()) ? range.from() : from, to.isAfter(range.to()) ? range.to() : to));
        }
    }

    private static List<TimeRange> merged(List<TimeRange> ranges) {
        List<TimeRange> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparing(TimeRange::from));
        List<TimeRange> merged = new ArrayList<>();
        for (TimeRange next : sorted) {
            TimeRange last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last == null || next.from().isAfter(last.to())) {
                merged.add(next);
            } else if (next.to().isAfter(last.to())) {
                merged.set(merged.size() - 1, new TimeRange(last.from(), next.to()));
            }
        }
        return merged;
    }

    /**
     * When any of several applies. What two of them exclude is excluded once.
     *
     * @param exclusions any number
     * @param range where to look
     * @return the parts of the range that are excluded, in order, none touching another
     */
    public static List<TimeRange> within(List<Exclusion> exclusions, TimeRange range) {
        List<TimeRange> all = new ArrayList<>();
        exclusions.forEach(each -> all.addAll(each.within(range)));
        return merged(all);
    }

    /**
     * What counts in spite of several exclusions.
     *
     * @param exclusions any number
     * @param range where to look
     * @return the parts of the range that are not excluded, in order
     */
    public static List<TimeRange> counted(List<Exclusion> exclusions, TimeRange range) {
        List<TimeRange> counted = new ArrayList<>();
        Instant from = range.from();
        for (TimeRange excluded : within(exclusions, range)) {
            if (from.isBefore(excluded.from())) {
                counted.add(new TimeRange(from, excluded.from()));
            }
            from = excluded.to();
        }
        if (from.isBefore(range.to())) {
            counted.add(new TimeRange(from, range.to()));
        }
        return counted;
    }

    /**
     * What reports call it.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * When it begins for the first time, by the clocks of its zone.
     *
     * @return the local time
     */
    public LocalDateTime start() {
        return start;
    }

    /**
     * Whose clocks count.
     *
     * @return the zone
     */
    public ZoneId zone() {
        return zone;
    }

    /**
     * How long it takes each time.
     *
     * @return above 0
     */
    public Duration length() {
        return length;
    }

    /**
     * The RRULE.
     *
     * @return null for once
     */
    public @Nullable String rule() {
        return rule;
    }

    /**
     * Who decided it.
     *
     * @return the author
     */
    public String author() {
        return author;
    }

    /**
     * Why.
     *
     * @return the reason
     */
    public String reason() {
        return reason;
    }
}
