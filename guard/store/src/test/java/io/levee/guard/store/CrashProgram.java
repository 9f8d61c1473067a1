package io.levee.guard.store;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A guard's store under load, in a JVM of its own that a test kills. Prints each batch once it is acknowledged. */
final class CrashProgram {
    static final int EVENTS = 20;

    private CrashProgram() {}

    /** Folder, or JDBC URL; number of the first batch. */
    public static void main(String[] arguments) throws Exception {
        Samples.Clock clock = new Samples.Clock();
        Store store = open(
                arguments[0].startsWith("jdbc:")
                        ? StoreSettings.postgres(arguments[0], null, null)
                        : StoreSettings.folder(Path.of(arguments[0])),
                clock);
        AtomicInteger next = new AtomicInteger(Integer.parseInt(arguments[1]));
        for (int thread = 0; thread < 4; thread++) {
            new Thread(() -> {
                        while (true) {
                            int batch = next.getAndIncrement();
                            say("sent " + batch);
                            store.append(batch(batch), "batch-" + batch);
                            say("acknowledged " + batch);
                        }
                    })
                    .start();
        }
        // Tidying up as often as can be, so that the kill meets it.
        for (long seconds = 0; true; seconds += 10) {
            store.tick(clock.instant()
                    .plusSeconds(Math.min(seconds, Duration.ofDays(20).toSeconds())));
        }
    }

    /** Ids are remembered for long, since the ticks below run far ahead of the clock. */
    static Store open(StoreSettings settings, Samples.Clock clock) {
        Store store = Stores.open(settings.clock(clock).remember(Duration.ofDays(10_000), 4_000_000));
        store.track(Samples.OBJECTIVES);
        return store;
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** Each has as many good events, and a bad one; half of the batches have events without ids. */
    static List<Event> batch(int number) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            events.add(Samples.event(
                    number % 2 == 0 ? null : number + "-" + i,
                    Samples.NOW.minusSeconds((number * 31L + i * 7L) % 100_000),
                    i == 0 ? Event.Outcome.BAD : Event.Outcome.GOOD,
                    "r" + number % 3,
                    Environment.PRODUCTION,
                    null));
        }
        return events;
    }
}
