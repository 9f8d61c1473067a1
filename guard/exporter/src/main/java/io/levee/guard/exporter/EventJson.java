package io.levee.guard.exporter;

import io.levee.Decision;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes events as lines of JSON, as docs/gate.md describes them. Not thread-safe. */
final class EventJson {
    private static final int TRACE_ID = 3;
    private static final int SPAN_ID = 36;
    private static final int TRACEPARENT = 55;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StringBuilder line = new StringBuilder();
    /** The fields that all events share, with the comma before them. */
    private final String common;

    EventJson(String environment, @Nullable String release, @Nullable String side) {
        text("environment", environment);
        text("release", release);
        text("side", side);
        common = line.toString();
    }

    void add(EventRing.Slot call) {
        if (call.ended) {
            event(call);
        }
        Decision decision = call.decision;
        if (decision != null) {
            record(call, decision);
        }
    }

    private void record(EventRing.Slot call, Decision decision) {
        line.setLength(0);
        field("{", "decision", decision.toString());
        text("rule", decision.rule());
        line.append(",\"time\":").append(call.endedAtMillis);
        text("service", call.service);
        text("route", call.endpoint);
        trace(call);
        end();
    }

    private void trace(EventRing.Slot call) {
        String traceparent = call.traceparent;
        if (traceparent != null && traceparent.length() == TRACEPARENT) {
            text("traceId", traceparent.substring(TRACE_ID, SPAN_ID - 1));
        }
    }

    private void end() {
        line.append(common).append("}\n");
        out.writeBytes(line.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void event(EventRing.Slot call) {
        line.setLength(0);
        line.append("{\"time\":").append(call.endedAtMillis);
        text("service", call.service);
        text("route", call.endpoint);
        text("outcome", call.result.name().toLowerCase(Locale.ROOT));
        trace(call);
        // A call that was refused was never sent; an event has one attempt at least.
        line.append(",\"attempts\":").append(Math.max(1, call.attempts));
        if (call.attempts > 1 && call.result == io.levee.CallResult.GOOD) {
            line.append(",\"savedByRetry\":true");
        }
        // Rounded up: 800.1 ms are not within 800.
        line.append(",\"durationMs\":").append((Math.max(0, call.tookNanos) + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
        end();
    }

    private void text(String name, @Nullable String value) {
        if (value != null) {
            field(",", name, value);
        }
    }

    private void field(String before, String name, String value) {
        line.append(before).append('"').append(name).append("\":\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                // Half a pair has no UTF-8 of its own.
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        line.append('"');
    }

    byte[] take() {
        byte[] lines = out.toByteArray();
        out.reset();
        return lines;
    }
}
