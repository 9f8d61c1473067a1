package io.levee.guard.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.Objective;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.Window;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.EventMatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures of docs/guard-store.md: prints them, and asserts only that all was counted. */
@Tag("full")
class StoreFigures {
    private static final Instant NOW = Samples.NOW;

    @TempDir
    private Path folder;

    @Test
    void eventsPerSecond() throws Exception {
        for (int batch : new int[] {100, 1_000, 10_000}) {
            try (Store store = Stores.open(StoreSettings.folder(folder.resolve("b" + batch)))) {
                store.track(Samples.OBJECTIVES);
                List<List<Event>> batches = new ArrayList<>();
                Random random = new Random(1);
                Instant from = Instant.now().minusSeconds(20);
                for (int i = 0; i < 2_000_000 / batch; i++) {
                    List<Event> events = new ArrayList<>();
                    for (int j = 0; j < batch; j++) {
                        events.add(Samples.event(
                                Long.toHexString(random.nextLong()),
                                from.plusMillis(j % 1000),
                                j % 100 == 0 ? Event.Outcome.BAD : Event.Outcome.GOOD,
                                "r1",
                                Environment.PRODUCTION,
                                Event.Side.STABLE));
                    }
                    batches.add(events);
                }
                AtomicLong counted = new AtomicLong();
                ExecutorService callers = Executors.newFixedThreadPool(2);
                long begin = System.nanoTime();
                List<Future<?>> done = new ArrayList<>();
                for (List<Event> events : batches) {
                    done.add(callers.submit(
                            () -> counted.addAndGet(store.append(events).counted())));
                }
                for (Future<?> each : done) {
                    each.get();
                }
                double seconds = (System.nanoTime() - begin) / 1e9;
                callers.shutdown();
                assertThat(counted.get()).isEqualTo(2_000_000L);
                System.out.printf("events/s in batches of %d from 2 threads: %,.0f%n", batch, 2_000_000 / seconds);
            }
        }
    }

    @Test
    void statusAndRestartOfAThousandObjectives() throws Exception {
        int objectives = 1_000;
        List<Tracked> tracked = new ArrayList<>();
        for (int i = 0; i < objectives; i++) {
            tracked.add(new Tracked("slo-" + i, new EventMatcher("service-" + i, Set.of(), Set.of(), null)));
        }
        Samples.Clock clock = new Samples.Clock();
        StoreSettings settings = StoreSettings.folder(folder).clock(clock);
        try (Store store = Stores.open(settings)) {
            store.track(tracked);
            Random random = new Random(1);
            // Every minute of 4 weeks for every objective: 40 million minutes.
            for (int hour = 28 * 24; hour >= 0; hour--) {
                List<Store.Bulk> bulks = new ArrayList<>();
                for (Tracked each : tracked) {
                    for (int minute = 0; minute < 60; minute++) {
                        Instant time = NOW.minus(Duration.ofHours(hour)).minusSeconds(minute * 60L);
                        bulks.add(new Store.Bulk(event(each, time, Event.Outcome.GOOD), 1_000 + random.nextInt(1_000)));
                        if (minute % 10 == 0) {
                            bulks.add(new Store.Bulk(event(each, time, Event.Outcome.BAD), 1 + random.nextInt(5)));
                        }
                    }
                }
                store.appendBulk(bulks);
                if (hour % 24 == 0) {
                    for (int tick = 0; tick < 700; tick++) {
                        clock.advance(Duration.ofMillis(1));
                        store.tick(clock.instant().plusSeconds(10L * (28 * 24 - hour)));
                    }
                }
            }
        }
        System.out.printf("on disk: %,d MB%n", bytes() >> 20);
        Terms terms = Terms.of(Objective.of(Ratio.parse("0.9995")), new Window.Rolling(Span.parse("28d")));
        for (int round = 0; round < 3; round++) {
            long begin = System.nanoTime();
            try (Store store = Stores.open(settings)) {
                System.out.printf("restart: %d ms%n", (System.nanoTime() - begin) / 1_000_000);
                store.track(tracked);
                for (int i = 0; i < 5; i++) {
                    long asked = System.nanoTime();
                    long total = 0;
                    for (Tracked each : tracked) {
                        total += terms.budget(NOW.plusSeconds(i * 60L), store.counts(each.slo()))
                                .total();
                    }
                    System.out.printf(
                            "status of %,d objectives over 28 days (%,d events): %d ms%n",
                            objectives, total, (System.nanoTime() - asked) / 1_000_000);
                }
            }
        }
    }

    private static Event event(Tracked objective, Instant time, Event.Outcome outcome) {
        return new Event(
                null,
                time,
                objective.matcher().service(),
                null,
                null,
                outcome,
                "r1",
                Environment.PRODUCTION,
                Event.Side.STABLE,
                null,
                null,
                1,
                false,
                null);
    }

    private long bytes() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            long sum = 0;
            for (Path file : files.toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }
}
