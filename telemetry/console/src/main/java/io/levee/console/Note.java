package io.levee.console;

import io.levee.Decision;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of the page's log: a decision of the engine, or a change of a breaker.
 *
 * @param id counts all notes of this JVM, so that a reader can ask for what it has not seen
 * @param atMillis the wall clock when it was heard, for the page only
 * @param downstreamId which card it belongs to
 * @param label what that card is called
 * @param kind what it was
 * @param title the same in a word or two
 * @param reason why
 * @param decision the whole record; null for a breaker's change
 */
record Note(
        long id,
        long atMillis,
        String downstreamId,
        String label,
        Kind kind,
        String title,
        String reason,
        @Nullable Decision decision) {
    /** The filters of the page. */
    enum Kind {
        /** Another attempt follows. */
        RETRY,
        /** The call ended after an attempt. */
        STOP,
        /** The call ended without one. */
        REFUSED,
        /** A breaker changed its state. */
        BREAKER
    }

    static Kind kindOf(Decision decision) {
        if (decision.isRetry()) {
            return Kind.RETRY;
        }
        return decision.fate() == null ? Kind.REFUSED : Kind.STOP;
    }

    static String titleOf(Decision decision) {
        return decision.stop() == null
                ? "retry"
                : decision.stop().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("at", atMillis);
        map.put("downstreamId", downstreamId);
        map.put("label", label);
        map.put("kind", kind.name().toLowerCase(java.util.Locale.ROOT));
        map.put("title", title);
        map.put("reason", reason);
        Decision d = decision;
        if (d == null) {
            map.put("text", label + ": " + title + ": " + reason);
        } else {
            map.put("text", d.toString());
            put(map, d);
        }
        return map;
    }

    private static void put(Map<String, Object> map, Decision d) {
        map.put("operation", d.operation());
        map.put("attempt", d.attempt());
        putKnown(map, "stop", d.stop());
        map.put("rule", d.rule());
        putKnown(map, "errorType", d.errorType());
        putKnown(map, "fate", d.fate());
        map.put("backoffMs", d.backoffNanos() / 1e6);
        putKnown(map, "elapsedMs", d.elapsedNanos() < 0 ? null : d.elapsedNanos() / 1e6);
        putKnown(map, "remainingMs", d.remainingNanos() == Long.MAX_VALUE ? null : d.remainingNanos() / 1e6);
        putKnown(map, "retryBudgetLeft", Double.isNaN(d.retryBudgetLeft()) ? null : d.retryBudgetLeft());
        map.put("cost", d.cost());
        map.put("limiterWaitMs", d.limiterWaitNanos() / 1e6);
        putKnown(map, "breakerState", d.breakerState());
        map.put("idempotent", d.idempotent());
        map.put("replayable", d.replayable());
        map.put("degraded", d.degraded());
    }

    private static void putKnown(Map<String, Object> map, String key, @Nullable Object value) {
        if (value != null) {
            map.put(key, value);
        }
    }
}
