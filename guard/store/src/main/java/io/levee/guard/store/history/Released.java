package io.levee.guard.store.history;

import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a release. Immutable.
 *
 * @param at when
 * @param release its name
 * @param environment where
 * @param event such as deploy; {@code first-event} where only its events tell of it
 */
public record Released(Instant at, String release, String environment, String event) {
    /** The ledger's entries that mark releases. */
    public static final String KIND = "release.marker";

    private static final Duration MINUTE = Duration.ofMinutes(1);

    /**
     * What was released to an objective's service: what was marked, and a release's first event where nobody marked it.
     *
     * @param store the record and the events
     * @param watched the objective
     * @param range when
     * @return in the order of time
     */
    public static List<Released> within(Store store, Watched watched, TimeRange range) {
        List<Released> found = new ArrayList<>();
        Set<List<String>> marked = new HashSet<>();
        for (Ledger.Entry entry : store.ledger().read(Ledger.Query.of(KIND))) {
            if (!watched.slo().service().equals(entry.data().get("service"))) {
                continue;
            }
            Released released = of(entry);
            marked.add(List.of(released.release, released.environment));
            if (range.contains(released.at)) {
                found.add(released);
            }
        }
        for (Store.ReleaseSeen seen : store.releases(watched.counted(), range)) {
            String environment = seen.environment().toString();
            // One whose first event of the range is the range's first minute was there before.
            boolean began = seen.first().isAfter(range.from().plus(MINUTE));
            if (began && !marked.contains(List.of(seen.release(), environment))) {
                found.add(new Released(seen.first(), seen.release(), environment, "first-event"));
            }
        }
        found.sort(Comparator.comparing(Released::at));
        return found;
    }

    private static Released of(Ledger.Entry entry) {
        return new Released(instant(entry), text(entry, "release"), text(entry, "environment"), text(entry, "event"));
    }

    private static String text(Ledger.Entry entry, String field) {
        return String.valueOf(entry.data().get(field));
    }

    private static Instant instant(Ledger.Entry entry) {
        try {
            return Instant.parse(text(entry, "at"));
        } catch (DateTimeException e) {
            return entry.at();
        }
    }

    /**
     * As plain values, in a fixed order, for JSON.
     *
     * @return a new map
     */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("at", at.toString());
        map.put("release", release);
        map.put("environment", environment);
        map.put("event", event);
        return map;
    }
}
