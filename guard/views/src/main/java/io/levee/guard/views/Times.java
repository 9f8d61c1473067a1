package io.levee.guard.views;

import io.levee.guard.slo.Span;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.web.Request;
import io.levee.guard.web.WebException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/** Times in queries. A mistake is answered with the parameter, what it says, and what would be right. */
final class Times {
    private static final Duration LONGEST = Duration.ofDays(366);

    private Times() {}

    /** {@code from} and {@code to}; without them the last so-and-so much time up to now. */
    static TimeRange range(Request request, Instant now, Duration otherwise) {
        Instant to = instant(request, "to", now);
        Instant from = instant(request, "from", to.minus(otherwise));
        if (!from.isBefore(to)) {
            throw new WebException(
                    400,
                    "from (" + from + ") must be before to (" + to + "); without them it is the last " + otherwise);
        }
        if (Duration.between(from, to).compareTo(LONGEST) > 0) {
            throw new WebException(400, "from " + from + " to " + to + " is more than 366 days; ask for less at once");
        }
        return new TimeRange(from, to);
    }

    private static Instant instant(Request request, String name, Instant otherwise) {
        String text = request.query(name);
        return text == null || text.isBlank() ? otherwise : instant(name, text);
    }

    static Instant instant(String name, String text) {
        try {
            return Instant.parse(text.strip());
        } catch (DateTimeException e) {
            throw new WebException(
                    400, name + " is '" + text + "', which is no instant; write such as 2026-11-25T00:00:00Z");
        }
    }

    static int number(Request request, String name, int otherwise, int least, int most) {
        String text = request.query(name);
        if (text == null || text.isBlank()) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, with the bounds.
        }
        throw new WebException(400, name + " is '" + text + "'; write a whole number from " + least + " to " + most);
    }

    static Duration step(Request request, String otherwise) {
        String text = request.query("step");
        try {
            return Span.parse(text == null || text.isBlank() ? otherwise : text.strip())
                    .toDuration();
        } catch (IllegalArgumentException e) {
            throw new WebException(400, "step: " + e.getMessage());
        }
    }
}
