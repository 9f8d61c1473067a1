package io.levee.slf4j;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** One log entry on its way to the courier. Not thread-safe: handed over by the courier's queue. */
final class Entry {
    private static final int TRACE_ID = 3;
    private static final int SPAN_ID = 36;
    private static final int TRACEPARENT = 55;

    private final Logger logger;
    private final Level level;
    private final String event;
    private final Map<String, String> mdc;
    private final Map<String, Object> values = new LinkedHashMap<>();

    Entry(Logger logger, Level level, String event, Map<String, String> mdc) {
        this.logger = logger;
        this.level = level;
        this.event = event;
        this.mdc = mdc;
        values.put("event", event);
    }

    void put(String key, Object value) {
        values.put(key, value);
    }

    /** Where the call is in a trace: as the telemetry says, else as the MDC does under the names that are in use. */
    void trace(@Nullable String traceparent) {
        if (traceparent != null && traceparent.length() == TRACEPARENT) {
            put("trace_id", traceparent.substring(TRACE_ID, SPAN_ID - 1));
            put("span_id", traceparent.substring(SPAN_ID, SPAN_ID + 16));
            return;
        }
        String known = mdc.get("traceId");
        if (known != null && !mdc.containsKey("trace_id")) {
            put("trace_id", known);
        }
    }

    void write() {
        MDC.setContextMap(mdc);
        try {
            LoggingEventBuilder entry = logger.atLevel(level);
            for (Map.Entry<String, Object> one : values.entrySet()) {
                // What the MDC has under the same name would come out twice.
                if (!String.valueOf(one.getValue()).equals(mdc.get(one.getKey()))) {
                    entry = entry.addKeyValue(one.getKey(), one.getValue());
                }
            }
            entry.log(event);
        } finally {
            MDC.clear();
        }
    }
}
