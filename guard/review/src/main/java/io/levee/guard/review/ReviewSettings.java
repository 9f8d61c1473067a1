package io.levee.guard.review;

import io.levee.guard.slo.Ratio;
import java.time.Duration;
import java.time.ZoneId;

/**
 * How the review is held. Immutable.
 *
 * @param zone whose clocks begin a month and a day, and tell times of tickets that have no offset; UTC by default
 * @param afterwards how long after an incident a ticket still counts as having come of it; 2 h by default, about as long as
 *     people take to write one
 * @param manyTickets from how many tickets a month on a target is called loose while much of the budget is left; 10 by default
 * @param muchLeft the share of the budget that is much; a half by default
 * @param mostTickets how many tickets of a month are kept at most; 5,000 by default
 */
public record ReviewSettings(ZoneId zone, Duration afterwards, int manyTickets, Ratio muchLeft, int mostTickets) {
    /** The defaults. */
    public static final ReviewSettings DEFAULT =
            new ReviewSettings(ZoneId.of("UTC"), Duration.ofHours(2), 10, Ratio.of(1, 2), 5_000);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if something is negative, or no ticket may be kept
     */
    public ReviewSettings {
        if (afterwards.isNegative() || manyTickets < 1 || mostTickets < 1 || muchLeft.signum() < 0) {
            throw new IllegalArgumentException("the review's settings must not be negative: afterwards " + afterwards
                    + ", many tickets " + manyTickets + ", at most " + mostTickets + ", much left " + muchLeft);
        }
    }

    /**
     * With other clocks.
     *
     * @param other the zone
     * @return new settings
     */
    public ReviewSettings zone(ZoneId other) {
        return new ReviewSettings(other, afterwards, manyTickets, muchLeft, mostTickets);
    }
}
