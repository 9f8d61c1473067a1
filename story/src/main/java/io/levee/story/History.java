package io.levee.story;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * The four weeks before the play: a small shop with quiet nights, whose orders nearly all went well. Without it there would
 * be no error budget to spend.
 */
final class History {
    /** Events of each service in the four weeks, about. */
    static final long EVENTS = 100_000;

    static final String RELEASE = "2026.11.2";

    private static final int DAYS = 28;
    private static final int MINUTES_A_DAY = 1_440;

    /** Minutes whose events are told together: as good to look at as every minute, and there in a tenth of the time. */
    private static final int STEP = 10;

    /** One failure in so many: a tenth of what 99.95 % allows. */
    private static final int BAD_ONE_IN = 20_000;

    private History() {}

    /** Writes it for some services. */
    static void write(Store store, Instant now, List<String> services) {
        Instant begin = now.truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofDays(DAYS));
        for (String service : services) {
            List<Store.Bulk> bulks = new ArrayList<>();
            long told = 0;
            for (int minute = 0; minute < DAYS * MINUTES_A_DAY - STEP; minute += STEP) {
                long due = due(minute + STEP) - due(minute);
                Instant at = begin.plus(Duration.ofMinutes(minute));
                long bad = (told + due) / BAD_ONE_IN - told / BAD_ONE_IN;
                told += due;
                add(bulks, service, at, Event.Outcome.GOOD, due - bad);
                add(bulks, service, at, Event.Outcome.BAD, bad);
            }
            store.appendBulk(bulks);
        }
    }

    /** How many events there were up to a minute: by day a sine, with a quarter of its height at night. */
    private static long due(int minute) {
        double days = (double) minute / MINUTES_A_DAY;
        double wave = days - 0.6 * Math.sin(2 * Math.PI * days) / (2 * Math.PI);
        return (long) (EVENTS * wave / DAYS);
    }

    private static void add(List<Store.Bulk> bulks, String service, Instant at, Event.Outcome outcome, long count) {
        if (count > 0) {
            bulks.add(new Store.Bulk(event(service, at, outcome), count));
        }
    }

    private static Event event(String service, Instant at, Event.Outcome outcome) {
        return new Event(
                null,
                at,
                service,
                null,
                null,
                outcome,
                RELEASE,
                Environment.PRODUCTION,
                Event.Side.STABLE,
                null,
                null,
                1,
                false,
                null);
    }
}
