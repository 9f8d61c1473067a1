package io.levee.guard.views;

import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Request;
import io.levee.guard.web.WebException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Releases as they are marked, and as their events show them. */
final class Releases {
    private static final String KIND = "release.marker";
    private static final int LONGEST_TEXT = 200;

    private final Store store;
    private final InstantSource time;

    Releases(Store store, InstantSource time) {
        this.store = store;
        this.time = time;
    }

    /** Marks one: {@code {service, release, environment, event, at?}}. */
    Answer mark(Request request) {
        Map<String, @Nullable Object> body = request.json();
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("service", text(body, "service"));
        data.put("release", text(body, "release"));
        data.put("environment", environment(text(body, "environment")));
        data.put("event", text(body, "event"));
        data.put("at", at(body).toString());
        Ledger.Entry entry = store.ledger().append(KIND, null, request.actor(), data);
        Map<String, @Nullable Object> answer = new LinkedHashMap<>(data);
        answer.put("ledgerSeq", entry.seq());
        return Answer.json(201, answer);
    }

    private static String text(Map<String, @Nullable Object> body, String field) {
        if (!(body.get(field) instanceof String text) || text.isBlank()) {
            throw new WebException(
                    400,
                    field
                            + " is missing; send {\"service\", \"release\", \"environment\", \"event\"} as texts, and \"at\""
                            + " where it was not now");
        }
        if (text.length() > LONGEST_TEXT) {
            throw new WebException(
                    400, field + " has " + text.length() + " characters; at most " + LONGEST_TEXT + " are taken");
        }
        return text.strip();
    }

    private static String environment(String text) {
        try {
            return Environment.parse(text).toString();
        } catch (IllegalArgumentException e) {
            throw new WebException(400, "environment: " + e.getMessage());
        }
    }

    private Instant at(Map<String, @Nullable Object> body) {
        Instant now = time.instant();
        if (body.get("at") == null) {
            return now;
        }
        Instant at = Times.instant("at", text(body, "at"));
        if (at.isAfter(now.plus(Duration.ofMinutes(5)))) {
            throw new WebException(400, "at is " + at + ", which is still to come; it is " + now + " now");
        }
        return at;
    }

    /**
     * What was released to an objective's service: what was marked, and a release's first event where nobody marked it.
     */
    List<Map<String, @Nullable Object>> within(Watched watched, TimeRange range) {
        List<Map<String, @Nullable Object>> found = new ArrayList<>();
        Set<List<String>> marked = new HashSet<>();
        for (Ledger.Entry entry : store.ledger().read(Ledger.Query.of(KIND))) {
            Map<String, @Nullable Object> data = entry.data();
            if (!watched.slo().service().equals(data.get("service"))) {
                continue;
            }
            marked.add(Arrays.asList(String.valueOf(data.get("release")), String.valueOf(data.get("environment"))));
            if (range.contains(instant(data, entry))) {
                found.add(
                        release(instant(data, entry), data.get("release"), data.get("environment"), data.get("event")));
            }
        }
        for (Store.ReleaseSeen seen : store.releases(watched.counted(), range)) {
            String environment = seen.environment().toString();
            // One whose first event of the range is the range's first minute was there before.
            boolean began = seen.first().isAfter(range.from().plus(Duration.ofMinutes(1)));
            if (began && !marked.contains(List.of(seen.release(), environment))) {
                found.add(release(seen.first(), seen.release(), environment, "first-event"));
            }
        }
        found.sort(Comparator.comparing(each -> Instant.parse(String.valueOf(each.get("at")))));
        return found;
    }

    private static Instant instant(Map<String, @Nullable Object> data, Ledger.Entry entry) {
        try {
            return Instant.parse(String.valueOf(data.get("at")));
        } catch (DateTimeException e) {
            return entry.at();
        }
    }

    private static Map<String, @Nullable Object> release(
            Instant at, @Nullable Object release, @Nullable Object environment, @Nullable Object event) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("at", at.toString());
        map.put("release", release);
        map.put("environment", environment);
        map.put("event", event);
        return map;
    }
}
