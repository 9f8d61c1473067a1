package io.levee.guard.views;

import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.store.history.Released;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Request;
import io.levee.guard.web.WebException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Releases as they are marked, and as their events show them. */
final class Releases {
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
        Ledger.Entry entry = store.ledger().append(Released.KIND, null, request.actor(), data);
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

    /** What was released to an objective's service, as plain values. */
    List<Map<String, @Nullable Object>> within(Watched watched, TimeRange range) {
        return Released.within(store, watched, range).stream()
                .map(Released::toMap)
                .toList();
    }
}
