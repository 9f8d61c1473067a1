package io.levee.guard.store;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.EventMatcher;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** Events and objectives for tests. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-11-25T12:00:30Z");

    /** Orders within 800 ms; and everything of the shop, so that one event counts for two objectives. */
    static final List<Tracked> OBJECTIVES = List.of(
            new Tracked("orders", new EventMatcher("shop", Set.of("orders"), Set.of("POST /orders"), 800L)),
            new Tracked("shop", new EventMatcher("shop", Set.of("orders", "search"), Set.of(), null)));

    private Samples() {}

    /** A clock that tests set. */
    static final class Clock implements InstantSource {
        private volatile Instant now = NOW;

        @Override
        public Instant instant() {
            return now;
        }

        void advance(Duration time) {
            now = now.plus(time);
        }
    }

    static Event good(String id, Instant time) {
        return event(id, time, Event.Outcome.GOOD, "r1", Environment.PRODUCTION, Event.Side.STABLE);
    }

    static Event event(
            String id, Instant time, Event.Outcome outcome, String release, Environment environment, Event.Side side) {
        return new Event(
                id,
                time,
                "shop",
                null,
                "POST /orders",
                outcome,
                release,
                environment,
                side,
                "trace-" + id,
                null,
                1,
                false,
                80L);
    }

    /** Of all kinds: late, slow, of other services, saved by retries, with and without ids. */
    static List<Event> random(Random random, int count, Duration reach) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long backMs = (long) (random.nextDouble() * random.nextDouble() * reach.toMillis());
            Supplier<String> id = () -> Long.toHexString(random.nextLong());
            events.add(new Event(
                    random.nextInt(10) == 0 ? null : id.get(),
                    NOW.minusMillis(backMs),
                    random.nextInt(20) == 0 ? "stock" : "shop",
                    one(random, null, "orders", "search", "other"),
                    one(random, null, "POST /orders", "GET /search"),
                    one(random, Event.Outcome.GOOD, Event.Outcome.GOOD, Event.Outcome.BAD, Event.Outcome.DEGRADED),
                    one(random, null, "r1", "r2", "r3"),
                    one(random, Environment.values()),
                    one(random, null, Event.Side.STABLE, Event.Side.CANARY),
                    random.nextInt(5) == 0 ? null : id.get(),
                    one(random, null, "order-" + i),
                    1 + random.nextInt(3),
                    random.nextInt(10) == 0,
                    random.nextInt(5) == 0 ? null : (long) random.nextInt(1000)));
        }
        return events;
    }

    @SafeVarargs
    static <T> T one(Random random, T... values) {
        return values[random.nextInt(values.length)];
    }
}
