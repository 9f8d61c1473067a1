package io.levee.guard.store;

import static io.levee.guard.store.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.Objective;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.Window;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.EventTally;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.slo.gate.Question;
import io.levee.guard.slo.gate.RetryRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does, whatever database it is on. */
abstract class StoreContract {
    static final Terms TERMS = Terms.of(Objective.of(Ratio.parse("0.9995")), new Window.Rolling(Span.parse("28d")));

    final Samples.Clock clock = new Samples.Clock();
    private final List<Store> opened = new ArrayList<>();
    Store store;

    /** On an empty place, which the tests of this object share. */
    abstract StoreSettings settings();

    /** How many random ones. */
    int histories() {
        return 8;
    }

    @BeforeEach
    void openFirst() {
        store = open();
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Store::close);
    }

    Store open() {
        return open(settings().clock(clock));
    }

    Store open(StoreSettings settings) {
        Store another = Stores.open(settings);
        opened.add(another);
        another.track(Samples.OBJECTIVES);
        return another;
    }

    void reopen() {
        store.close();
        store = open();
    }

    private Counts inWindow() {
        return store.counts("orders").counts(new TimeRange(NOW.minus(Duration.ofDays(28)), NOW.plusSeconds(3600)));
    }

    // --- files ------------------------------------------------------------------------------------------------------

    private static Imported.Lines lines(long from, long to) {
        return new Imported.Lines("events.ndjson", from, to, "digest of " + to);
    }

    @Test
    void linesOfAFileCountOnceHoweverLateTheyComeAgain() {
        Event event = Samples.good(null, NOW);
        assertThat(store.imported("events.ndjson")).isEqualTo(Imported.NOTHING);
        assertThat(store.appendLines(List.of(event, event), List.of(), lines(1, 2))
                        .counted())
                .isEqualTo(2);
        clock.advance(Duration.ofDays(30));
        store.tick(clock.instant());
        reopen();
        assertThat(store.imported("events.ndjson")).isEqualTo(new Imported(2, "digest of 2"));
        assertThat(store.appendLines(List.of(event, event), List.of(), lines(1, 2)))
                .isEqualTo(new Store.Appended(0, 2, 0, 0, 0));
        assertThat(store.appendLines(List.of(), List.of(), lines(3, 3))).isEqualTo(Store.Appended.NONE);
        assertThat(store.imported("events.ndjson").lines()).isEqualTo(3);
        assertThat(store.counts("orders")
                        .counts(new TimeRange(NOW.minusSeconds(60), NOW.plusSeconds(60)))
                        .total())
                .isEqualTo(2);
    }

    @Test
    void linesThatDoNotComeNextAreRefusedAndCountForNothing() {
        Event event = Samples.good(null, NOW);
        store.appendLines(List.of(event), List.of(), lines(1, 10));
        for (Imported.Lines wrong : List.of(lines(12, 20), lines(10, 11))) {
            assertThatThrownBy(() -> store.appendLines(List.of(event), List.of(), wrong))
                    .isInstanceOf(Imported.OutOfOrder.class)
                    .hasMessageContaining("line 11 comes next, not lines " + wrong.from() + " to " + wrong.to());
        }
        assertThat(inWindow().total()).isEqualTo(1);
        assertThat(store.imported("events.ndjson")).isEqualTo(new Imported(10, "digest of 10"));
    }

    // --- counting ---------------------------------------------------------------------------------------------------

    @Test
    void countsWhatMatchesAndSaysWhatBecameOfTheRest() {
        Event future = Samples.good("future", NOW.plus(Duration.ofMinutes(5)).plusMillis(1));
        Event expired = Samples.good("expired", NOW.minus(Duration.ofDays(400)).minusMillis(1));
        Event edge = Samples.good("edge", NOW.plus(Duration.ofMinutes(5)));
        Event other = new Event(
                null,
                NOW,
                "stock",
                null,
                null,
                Event.Outcome.GOOD,
                null,
                Environment.STAGING,
                null,
                null,
                null,
                1,
                false,
                null);
        assertThat(store.append(List.of(Samples.good("a", NOW), edge, future, expired, other, other)))
                .isEqualTo(new Store.Appended(2, 0, 2, 1, 1));
        assertThat(inWindow()).isEqualTo(new Counts(2, 0, 0));
        assertThat(store.last("orders")).isEqualTo(edge.time());
        assertThat(store.last("nothing")).isNull();
        assertThat(store.counts("nothing").counts(new TimeRange(Instant.EPOCH, NOW)))
                .isEqualTo(Counts.NONE);
    }

    @Test
    void aMinuteCountsToTheRangeInWhichItBegins() {
        Instant minute = Instant.parse("2026-11-20T10:07:00Z");
        store.append(List.of(Samples.good("a", minute.plusSeconds(59))));
        Terms.Source counts = store.counts("orders");
        assertThat(counts.counts(new TimeRange(minute, minute.plusMillis(1))).total())
                .isEqualTo(1);
        assertThat(counts.counts(new TimeRange(minute.plusMillis(1), NOW)).total())
                .isZero();
        assertThat(counts.counts(new TimeRange(Instant.EPOCH, minute)).total()).isZero();
        assertThat(counts.counts(new TimeRange(Instant.EPOCH, minute.plusNanos(1)))
                        .total())
                .isEqualTo(1);
    }

    @Test
    void anEventCountsOnceHoweverOftenItComes() {
        Event event = Samples.good("a", NOW);
        assertThat(store.append(List.of(event, event))).isEqualTo(new Store.Appended(1, 1, 0, 0, 0));
        assertThat(store.append(List.of(event)).duplicates()).isEqualTo(1);
        reopen();
        assertThat(store.append(List.of(event)).duplicates()).isEqualTo(1);
        store.tick(clock.instant());
        reopen();
        assertThat(store.append(List.of(event)).duplicates()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(10).plusMillis(1));
        assertThat(store.append(List.of(event)).counted())
                .as("its id is forgotten after the time that is set")
                .isEqualTo(1);
        assertThat(inWindow().total()).isEqualTo(2);
    }

    @Test
    void aBatchCountsOnceHoweverOftenItComes() {
        Event nameless = Samples.good(null, NOW);
        assertThat(store.append(List.of(nameless), "batch-1").counted()).isEqualTo(1);
        assertThat(store.append(List.of(nameless, nameless), "batch-1")).isEqualTo(new Store.Appended(0, 2, 0, 0, 0));
        reopen();
        assertThat(store.append(List.of(nameless), "batch-1").counted()).isZero();
        assertThat(store.append(List.of(nameless), "batch-2").counted()).isEqualTo(1);
        assertThat(store.append(List.of(), "batch-3")).isEqualTo(Store.Appended.NONE);
    }

    @Test
    void noMoreIdsAreRememberedThanIsSet() {
        store.close();
        store = open(settings().clock(clock).remember(Duration.ofMinutes(10), 100));
        for (int i = 0; i < 200; i++) {
            store.append(List.of(Samples.good("id" + i, NOW)), "batch" + i);
            store.tick(clock.instant());
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(store.append(List.of(Samples.good("id199", NOW))).counted()).isZero();
        assertThat(store.append(List.of(Samples.good("id110", NOW))).counted()).isZero();
        assertThat(store.append(List.of(Samples.good("id20", NOW))).counted()).isEqualTo(1);
        store.close();
        store = open(settings().clock(clock).remember(Duration.ofMinutes(10), 100));
        assertThat(store.append(List.of(Samples.good("id199", NOW))).counted()).isZero();
        assertThat(store.append(List.of(Samples.good("id50", NOW))).counted()).isEqualTo(1);
        assertThat(store.append(List.of(Samples.good("id50", NOW)), "batch10").counted())
                .as("batches are remembered for the whole time")
                .isZero();
    }

    @Test
    void bulksCountAsManyAsTheySay() {
        Event prototype = Samples.event("m", NOW, Event.Outcome.BAD, "r1", Environment.PRODUCTION, null);
        assertThat(store.appendBulk(List.of(new Store.Bulk(prototype, 3_000_000), new Store.Bulk(prototype, 5))))
                .isEqualTo(new Store.Appended(3_000_000, 5, 0, 0, 0));
        assertThat(inWindow()).isEqualTo(new Counts(0, 3_000_000, 0));
        assertThatThrownBy(() -> store.appendBulk(List.of(new Store.Bulk(prototype, Long.MAX_VALUE))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyCallersAtOnceLoseNothing() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int caller = 0; caller < 8; caller++) {
                String name = "c" + caller + "-";
                done.add(callers.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        store.append(List.of(
                                Samples.good(name + i, NOW.minusSeconds(i * 37L)), Samples.good("same" + i, NOW)));
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        } finally {
            callers.shutdownNow();
        }
        assertThat(inWindow().total()).isEqualTo(8 * 50 + 50);
        reopen();
        assertThat(inWindow().total()).isEqualTo(8 * 50 + 50);
    }

    // --- the same answers as the tally of the gate
    // --------------------------------------------------------------------

    @Test
    void answersTheGateAsTheTallyOfTheSameEventsDoes() {
        for (int seed = 0; seed < histories(); seed++) {
            Random random = new Random(seed);
            List<Tracked> objectives = List.of(
                    new Tracked("orders-" + seed, Samples.OBJECTIVES.get(0).matcher()),
                    new Tracked("shop-" + seed, Samples.OBJECTIVES.get(1).matcher()));
            store.track(objectives);
            Duration reach = Samples.one(random, Duration.ofMinutes(10), Duration.ofHours(30), Duration.ofDays(40));
            List<EventTally> tallies = objectives.stream()
                    .map(each -> new EventTally(each.matcher()))
                    .toList();
            for (int round = 0; round < 4; round++) {
                List<Event> events = Samples.random(random, 100, reach);
                events.forEach(event -> tallies.forEach(tally -> tally.add(event)));
                store.append(events);
                switch (random.nextInt(3)) {
                    case 0 -> {
                        clock.advance(Duration.ofSeconds(10));
                        store.tick(clock.instant());
                    }
                    case 1 -> {
                        reopen();
                        store.track(objectives);
                    }
                    default -> {}
                }
            }
            for (int i = 0; i < objectives.size(); i++) {
                compare(random, objectives.get(i).slo(), tallies.get(i), reach);
            }
        }
    }

    private void compare(Random random, String slo, EventTally tally, Duration reach) {
        for (Environment environment : Environment.values()) {
            Question question = new Question(slo, environment, Samples.one(random, "r1", "r2", "r3"), NOW, false);
            assertThat(store.evidence(question, TERMS, GatePolicy.DEFAULT))
                    .isEqualTo(tally.evidence(question, TERMS, GatePolicy.DEFAULT));
        }
        for (int i = 0; i < 50; i++) {
            Instant from = NOW.minusMillis((long) (random.nextDouble() * reach.toMillis() * 1.1));
            Instant to = from.plusMillis((long) (random.nextDouble() * reach.toMillis()));
            TimeRange range = new TimeRange(from, to);
            assertThat(store.counts(slo).counts(range)).as("%s", range).isEqualTo(tally.counts(range));
            assertThat(store.tally(slo, range)).as("%s", range).isEqualTo(summedUp(slo, range));
        }
    }

    private Store.Tally summedUp(String slo, TimeRange range) {
        Instant from = range.from().plusMillis(59_999).truncatedTo(ChronoUnit.MINUTES);
        Instant to = range.to().plusMillis(59_999).truncatedTo(ChronoUnit.MINUTES);
        return store.steps(slo, new TimeRange(from, to), Duration.ofMinutes(1)).stream()
                .map(Store.Step::tally)
                .reduce(Store.Tally.NONE, Store.Tally::plus);
    }

    @Test
    void stepsOfEveryLengthSumUpToTheCounts() {
        Random random = new Random(7);
        List<Event> events = Samples.random(random, 2_000, Duration.ofHours(5));
        store.append(events);
        for (String step : List.of("PT10S", "PT30S", "PT1M", "PT5M", "PT1H", "PT2H", "P1D")) {
            Duration length = Duration.parse(step);
            TimeRange range = new TimeRange(NOW.minus(Duration.ofDays(2)), NOW.plus(length));
            List<Store.Step> steps = store.steps("shop", range, length);
            Counts sum = Counts.NONE;
            long attempts = 0;
            for (Store.Step each : steps) {
                assertThat(each.begin().getEpochSecond() % length.toSeconds()).isZero();
                sum = sum.plus(each.tally().counts());
                attempts += each.tally().attempts();
            }
            assertThat(sum).as(step).isEqualTo(store.counts("shop").counts(range));
            assertThat(attempts).as(step).isEqualTo(attempts(events));
        }
        assertThatThrownBy(() -> store.steps("shop", new TimeRange(NOW, NOW), Duration.ofSeconds(15)))
                .hasMessageContaining("10 seconds");
    }

    private static long attempts(List<Event> events) {
        return events.stream()
                .filter(Samples.OBJECTIVES.get(1).matcher()::matches)
                .mapToLong(Event::attempts)
                .sum();
    }

    @Test
    void keepsTheSlowestFailuresOfAMinuteAndItsReleases() {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Event.Outcome outcome = i % 2 == 0 ? Event.Outcome.BAD : Event.Outcome.GOOD;
            events.add(new Event(
                    "e" + i,
                    NOW.plusMillis(i),
                    "shop",
                    null,
                    "POST /orders",
                    outcome,
                    i < 10 ? "r1" : "r2",
                    Environment.PRODUCTION,
                    Event.Side.STABLE,
                    "t" + i,
                    "order-" + i,
                    2,
                    false,
                    (long) i));
        }
        store.append(events);
        TimeRange range = new TimeRange(NOW.minusSeconds(60), NOW.plusSeconds(60));
        List<Store.Trace> traces = store.traces("orders", range, 3);
        assertThat(traces).extracting(Store.Trace::id).containsExactly("t18", "t16", "t14");
        assertThat(traces.get(0))
                .isEqualTo(new Store.Trace(NOW.plusMillis(18), "t18", Event.Outcome.BAD, 18L, "r2", "order-18"));
        assertThat(store.traces("orders", range, 100)).hasSize(10);
        assertThat(store.releases("orders", range))
                .containsExactly(
                        new Store.ReleaseSeen(
                                "r1", Environment.PRODUCTION, NOW, NOW.plusMillis(9), new Counts(5, 5, 0)),
                        new Store.ReleaseSeen(
                                "r2",
                                Environment.PRODUCTION,
                                NOW.plusMillis(10),
                                NOW.plusMillis(19),
                                new Counts(5, 5, 0)));
        reopen();
        assertThat(store.traces("orders", range, 3)).isEqualTo(traces);
    }

    @Test
    void decisionRecordsAreKeptBesideTheTracesAndCountForNothing() {
        List<RetryRecord> records = new ArrayList<>();
        for (int i = 9; i >= 0; i--) {
            records.add(record(NOW.plusMillis(i), i % 2 == 0 ? "t" + i : null, "decision " + i));
        }
        List<Event> events = List.of(Samples.event("a", NOW, Event.Outcome.BAD, "r1", Environment.PRODUCTION, null));
        assertThat(store.append(events, records, "batch-00001").counted()).isEqualTo(1);
        assertThat(store.append(events, records, "batch-00001").counted()).isZero();
        store.append(List.of(), List.of(record(NOW.plusSeconds(60), null, "x".repeat(2_000))), "batch-00002");
        store.append(List.of(), List.of(record(NOW.plus(Duration.ofHours(1)), null, "of the future")), null);
        TimeRange range = new TimeRange(NOW.minusSeconds(60), NOW.plusSeconds(7_200));
        List<Store.RetryDecision> kept = store.decisions("orders", range, 100);
        assertThat(kept).hasSize(6);
        assertThat(kept.subList(0, 5))
                .extracting(Store.RetryDecision::text)
                .containsExactly("decision 0", "decision 1", "decision 2", "decision 3", "decision 4");
        assertThat(kept.get(0)).isEqualTo(new Store.RetryDecision(NOW, "t0", "connect", "decision 0"));
        assertThat(kept.get(1).traceId()).isNull();
        assertThat(kept.get(5).text()).hasSize(1_000).endsWith("…");
        assertThat(store.counts("orders").counts(range).total()).isEqualTo(1);
        assertThat(store.decisions("orders", range, 2)).isEqualTo(kept.subList(0, 2));
        assertThat(store.traces("orders", range, 10)).hasSizeLessThanOrEqualTo(1);
        reopen();
        assertThat(store.decisions("orders", range, 100)).isEqualTo(kept);
        store.tick(clock.instant());
        reopen();
        assertThat(store.decisions("orders", range, 100)).isEqualTo(kept);
        assertThat(store.counts("orders").counts(range).total()).isEqualTo(1);
    }

    private static RetryRecord record(Instant at, @Nullable String trace, String text) {
        Event like = Samples.event("a", at, Event.Outcome.BAD, "r1", Environment.PRODUCTION, null);
        return new RetryRecord(
                at,
                like.service(),
                like.sli(),
                like.route(),
                like.release(),
                like.environment(),
                like.side(),
                trace,
                "connect",
                text);
    }

    @Test
    void whatIsOldIsDeletedAndItsHoursStay() {
        Instant old = NOW.minus(Duration.ofDays(64));
        store.append(List.of(
                Samples.event(
                        "old",
                        old.truncatedTo(java.time.temporal.ChronoUnit.HOURS).plusSeconds(1800),
                        Event.Outcome.BAD,
                        "r0",
                        Environment.PRODUCTION,
                        null),
                Samples.good("new", NOW)));
        store.tick(clock.instant());
        reopen();
        TimeRange hour = new TimeRange(
                old.truncatedTo(java.time.temporal.ChronoUnit.HOURS),
                old.truncatedTo(java.time.temporal.ChronoUnit.HOURS).plusSeconds(60));
        assertThat(store.counts("orders").counts(hour).bad())
                .as("an hour without minutes counts to the range in which it begins")
                .isEqualTo(1);
        clock.advance(Duration.ofDays(402));
        store.append(List.of(Samples.good("newer", clock.instant())));
        store.tick(clock.instant());
        assertThat(store.counts("orders")
                        .counts(new TimeRange(Instant.EPOCH, clock.instant().plusSeconds(60)))
                        .total())
                .isEqualTo(1);
        reopen();
        assertThat(store.counts("orders")
                        .counts(new TimeRange(Instant.EPOCH, clock.instant().plusSeconds(60)))
                        .total())
                .isEqualTo(1);
    }

    // --- the record -------------------------------------------------------------------------------------------------

    @Test
    void theRecordIsReadAsItWasWritten() {
        Ledger ledger = store.ledger();
        Map<String, Object> data = new java.util.HashMap<>(
                Map.of("text", "ä\"", "list", List.of(1, 2), "decimal", new java.math.BigDecimal("0.10")));
        data.put("nothing", null);
        Ledger.Entry first = ledger.append("gate.decision", "orders", "ci", data);
        Ledger.Entry second = ledger.append("gate.approval", "orders", "lead", Map.of());
        Ledger.Entry third = ledger.append("gatekeeper", null, "guard", Map.of());
        assertThat(first.data()).isEqualTo(data);
        assertThat(ledger.read(Ledger.Query.of())).containsExactly(third, second, first);
        assertThat(ledger.read(Ledger.Query.of("gate."))).containsExactly(second, first);
        assertThat(ledger.read(Ledger.Query.of("gate.decision", "gatekeeper"))).containsExactly(third, first);
        assertThat(ledger.read(Ledger.Query.of().about("orders").most(1))).containsExactly(second);
        assertThat(ledger.read(Ledger.Query.of().after(first.seq()).before(third.seq())))
                .containsExactly(second);
        reopen();
        assertThat(store.ledger().read(Ledger.Query.of())).containsExactly(third, second, first);
        assertThatThrownBy(() -> store.ledger().append("x", null, "guard", Map.of("bad", new Object() {
                    @SuppressWarnings("unused")
                    public Object getItself() {
                        return this;
                    }
                })))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whoSubscribedIsToldOfEachEntryInOrderOnce() throws Exception {
        store.ledger().append("before", null, "guard", Map.of());
        List<Long> told = new CopyOnWriteArrayList<>();
        List<Long> written = new ArrayList<>();
        AutoCloseable subscription = store.ledger().subscribe(entry -> {
            told.add(entry.seq());
            if (told.size() == 3) {
                throw new IllegalStateException("a listener that fails");
            }
        });
        for (int i = 0; i < 50; i++) {
            written.add(store.ledger()
                    .append("entry", null, "guard", Map.of("i", i))
                    .seq());
        }
        Awaitility.await().untilAsserted(() -> assertThat(told).isEqualTo(written));
        subscription.close();
    }
}
