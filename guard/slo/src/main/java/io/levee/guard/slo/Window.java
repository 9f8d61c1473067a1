package io.levee.guard.slo;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;

/** Over which time an objective holds. Immutable. */
public sealed interface Window {
    /**
     * The window that an instant lies at the end of (rolling) or in (calendar).
     *
     * @param now the instant
     * @return its range; a rolling one ends with {@code now}, a calendar one may end after it
     */
    TimeRange at(Instant now);

    /**
     * How long it is, as people write it.
     *
     * @return such as 28d or 1M
     */
    Span span();

    /**
     * The last so-and-so much time.
     *
     * @param span of fixed length, such as 28d
     */
    record Rolling(Span span) implements Window {
        /**
         * Checks the span.
         *
         * @throws IllegalArgumentException if its length depends on the calendar
         */
        public Rolling {
            span.toDuration();
        }

        @Override
        public TimeRange at(Instant now) {
            return new TimeRange(now.minus(span.toDuration()), now);
        }
    }

    /**
     * The current period of a calendar, such as this month.
     *
     * @param span how long a period is
     * @param start when one of the periods begins, by the clocks of the zone; the others follow before and after it.
     *     Each is reckoned from here, so a start on the 31st means the last day of shorter months and returns to the 31st
     * @param zone whose clocks count. A start that its clocks skip is as much later as they were put forward; of one
     *     that they show twice the first counts
     */
    record Calendar(Span span, LocalDateTime start, ZoneId zone) implements Window {
        @Override
        public TimeRange at(Instant now) {
            LocalDateTime local = now.atZone(zone).toLocalDateTime();
            long periods =
                    Duration.between(start, local).toSeconds() / span.roughly().toSeconds();
            while (begin(periods).isAfter(now)) {
                periods--;
            }
            while (!begin(periods + 1).isAfter(now)) {
                periods++;
            }
            return new TimeRange(begin(periods), begin(periods + 1));
        }

        private Instant begin(long periods) {
            return span.after(start, periods).atZone(zone).toInstant();
        }
    }
}
