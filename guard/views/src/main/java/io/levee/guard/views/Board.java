package io.levee.guard.views;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Store;
import io.levee.guard.store.history.History;
import io.levee.guard.web.Answer;
import io.levee.yaml.Problem;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All objectives as they stand, reckoned at most once a second, and each one only if its counts, its document or the minute
 * are others than before. The guard's tick renews them, so that who asks need not wait: he gets what the tick found last, and
 * reckons only if that is {@link #STALE} or the documents changed. While a renewal is under way, as with each new minute, he
 * gets what was found before it. Thread-safe: one thread at a time leads the reckoning, with the help of the common pool.
 */
final class Board {
    /** A tick that is late or away must not keep old figures alive. */
    private static final Duration STALE = Duration.ofSeconds(2);

    /** A renewal that is under way excuses older figures, but not for ever. */
    private static final Duration RENEWING = Duration.ofSeconds(15);

    /** As long as this after somebody asked the tick goes on renewing. */
    private static final Duration WATCHED = Duration.ofMinutes(2);

    private final Supplier<Catalog> catalog;
    private final Store store;
    private final InstantSource time;
    private final ViewSettings settings;
    private final Advice advice;
    /** Replaced under this object's lock; readers that see the one before have figures of an earlier {@code at}, as it says. */
    private volatile @Nullable Snapshot snapshot;

    /** What was found before the first one asked; under this object's lock. */
    private @Nullable Snapshot begun;

    /** Whoever sees it too late waits, or takes what is just being replaced. */
    private volatile boolean renewing;

    private volatile Instant asked = Instant.MIN;

    /**
     * All of them at once.
     *
     * @param at when it was asked
     * @param entries by their names, in the order of the documents
     * @param problems what is wrong with the documents
     * @param body the whole as an answer
     */
    record Snapshot(
            Instant at, Catalog catalog, Map<String, Entry> entries, List<Map<String, Object>> problems, Answer body) {}

    /**
     * One objective.
     *
     * @param counted what it was reckoned from: any event that comes changes it, late ones too
     * @param standing how it stands
     * @param advice what is advised; null for nothing
     * @param map both, as plain values
     * @param json the map as it is sent; not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares entries.
    record Entry(
            Counts counted,
            Standing standing,
            @Nullable String advice,
            Map<String, @Nullable Object> map,
            byte[] json) {
        static Entry of(Counts counted, Standing standing, @Nullable String advice) {
            Map<String, @Nullable Object> map = standing.toMap(advice);
            return new Entry(counted, standing, advice, map, Answer.json(map).body());
        }

        boolean isOf(Watched watched, Instant end, Counts now) {
            return standing.watched().equals(watched) && standing.at().equals(end) && counted.equals(now);
        }
    }

    Board(Supplier<Catalog> catalog, Store store, InstantSource time, ViewSettings settings) {
        this.catalog = catalog;
        this.store = store;
        this.time = time;
        this.settings = settings;
        this.advice = new Advice(store.ledger());
    }

    /** See {@link History#endOfMinute}. */
    static Instant endOfMinute(Instant now) {
        return History.endOfMinute(now);
    }

    /**
     * Reckons once, so that the first one to ask need not wait for all of it: he gets what has changed since then only.
     */
    synchronized void begin() {
        begun = reckon(catalog.get(), time.instant(), null);
    }

    /** What is known to be so, at most {@link #STALE} ago, or {@link #RENEWING} ago while it is being renewed. */
    Snapshot now() {
        Instant now = time.instant();
        asked = now;
        Snapshot last = snapshot;
        if (last == null || last.catalog() != catalog.get() || now.isBefore(last.at())) {
            return renew();
        }
        Duration age = Duration.between(last.at(), now);
        boolean fresh = age.compareTo(STALE) < 0 || (renewing && age.compareTo(RENEWING) < 0);
        return fresh ? last : renew();
    }

    /** Whether somebody asked lately. */
    boolean isWatched() {
        return time.instant().isBefore(asked.plus(WATCHED));
    }

    /** As it is now, to the second. */
    synchronized Snapshot renew() {
        Instant now = time.instant();
        Catalog documents = catalog.get();
        Snapshot before = snapshot;
        if (before != null
                && before.catalog() == documents
                && before.at().truncatedTo(ChronoUnit.SECONDS).equals(now.truncatedTo(ChronoUnit.SECONDS))) {
            return before;
        }
        renewing = true;
        try {
            Snapshot fresh = reckon(documents, now, before == null ? begun : before);
            snapshot = fresh;
            begun = null;
            return fresh;
        } finally {
            renewing = false;
        }
    }

    private Snapshot reckon(Catalog documents, Instant now, @Nullable Snapshot before) {
        Instant end = endOfMinute(now);
        Map<String, String> advised = advice.holding(now);
        Map<String, Entry> known = before == null ? Map.of() : before.entries();
        Map<String, Entry> entries = new LinkedHashMap<>();
        // In the order of the documents, whoever is done first.
        Watched.of(documents).parallelStream()
                .map(watched -> entry(watched, end, advised.get(watched.name()), known.get(watched.name())))
                .toList()
                .forEach(entry -> entries.put(entry.standing().watched().name(), entry));
        List<Map<String, Object>> problems =
                settings.problems().get().stream().map(Problem::toMap).toList();
        return new Snapshot(now, documents, entries, problems, body(now, entries.values(), problems));
    }

    /** Put together from what each objective was written as when it changed. */
    private static Answer body(Instant now, Collection<Entry> entries, List<Map<String, Object>> problems) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(("{\"at\":\"" + now + "\",\"slos\":[").getBytes(UTF_8));
        String separator = "";
        for (Entry entry : entries) {
            body.writeBytes(separator.getBytes(UTF_8));
            body.writeBytes(entry.json());
            separator = ",";
        }
        body.writeBytes("],\"problems\":".getBytes(UTF_8));
        body.writeBytes(Answer.json(problems).body());
        body.write('}');
        return Answer.of(200, "application/json", body.toByteArray());
    }

    private Entry entry(Watched watched, Instant end, @Nullable String advised, @Nullable Entry old) {
        Counts counted = store.counts(watched.counted()).counts(Standing.stretch(watched, end));
        if (old == null || !old.isOf(watched, end, counted)) {
            return Entry.of(counted, Standing.of(watched, end, store), advised);
        }
        return Objects.equals(old.advice(), advised) ? old : Entry.of(counted, old.standing(), advised);
    }
}
