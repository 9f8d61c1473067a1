package io.levee.guard.slo;

import java.time.Duration;
import java.time.Instant;

/**
 * A stretch of time. Immutable.
 *
 * @param from the first instant that belongs to it
 * @param to the first one after it that does not
 */
public record TimeRange(Instant from, Instant to) {
    /**
     * Checks the order.
     *
     * @throws IllegalArgumentException if it ends before it begins
     */
    public TimeRange {
        if (to.isBefore(from)) {
            throw new IllegalArgumentException("a range must not end (" + to + ") before it begins (" + from + ")");
        }
    }

    /**
     * Whether an instant belongs to it.
     *
     * @param instant any
     * @return whether from &lt;= instant &lt; to
     */
    public boolean contains(Instant instant) {
        return !instant.isBefore(from) && instant.isBefore(to);
    }

    /**
     * How long it is, in time that passes: a day in which the clocks go back has 25 hours.
     *
     * @return 0 or more
     */
    public Duration length() {
        return Duration.between(from, to);
    }
}
