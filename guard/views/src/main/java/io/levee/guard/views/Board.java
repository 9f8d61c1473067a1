package io.levee.guard.views;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Store;
import io.levee.guard.store.history.History;
import io.levee.guard.web.Answer;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All objectives as they stand, reckoned at most once a second, and each one only if its counts, its document or the minute
 * are others than before. Thread-safe: one thread reckons while others wait for what it finds.
 */
final class Board {
    private final Supplier<Catalog> catalog;
    private final Store store;
    private final InstantSource time;
    private final ViewSettings settings;
    private final Advice advice;
    private @Nullable Snapshot snapshot;

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
     */
    record Entry(
            Counts counted, Standing standing, @Nullable String advice, Map<String, @Nullable Object> map) {
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

    synchronized Snapshot now() {
        Instant now = time.instant();
        Catalog documents = catalog.get();
        Snapshot before = snapshot;
        if (before != null
                && before.catalog() == documents
                && before.at().truncatedTo(ChronoUnit.SECONDS).equals(now.truncatedTo(ChronoUnit.SECONDS))) {
            return before;
        }
        Snapshot fresh = reckon(documents, now, before);
        snapshot = fresh;
        return fresh;
    }

    private Snapshot reckon(Catalog documents, Instant now, @Nullable Snapshot before) {
        Instant end = endOfMinute(now);
        Map<String, String> advised = advice.holding(now);
        Map<String, Entry> entries = new LinkedHashMap<>();
        List<Map<String, @Nullable Object>> maps = new ArrayList<>();
        for (Watched watched : Watched.of(documents)) {
            Entry old = before == null ? null : before.entries().get(watched.name());
            Entry entry = entry(watched, end, advised.get(watched.name()), old);
            entries.put(watched.name(), entry);
            maps.add(entry.map());
        }
        List<Map<String, Object>> problems =
                settings.problems().get().stream().map(Board::problem).toList();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("at", now.toString());
        body.put("slos", maps);
        body.put("problems", problems);
        return new Snapshot(now, documents, entries, problems, Answer.json(body));
    }

    private Entry entry(Watched watched, Instant end, @Nullable String advised, @Nullable Entry old) {
        Counts counted = store.counts(watched.counted()).counts(Standing.stretch(watched, end));
        if (old == null || !old.isOf(watched, end, counted)) {
            Standing standing = Standing.of(watched, end, store);
            return new Entry(counted, standing, advised, standing.toMap(advised));
        }
        return Objects.equals(old.advice(), advised)
                ? old
                : new Entry(counted, old.standing(), advised, old.standing().toMap(advised));
    }

    private static Map<String, Object> problem(io.levee.yaml.Problem problem) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", problem.file());
        map.put("line", problem.line());
        map.put("column", problem.column());
        map.put("field", problem.path());
        map.put("message", problem.message());
        return map;
    }
}
