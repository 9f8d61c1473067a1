package io.levee.guard.ingest;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.EventReader;
import io.levee.guard.slo.gate.RetryRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads events of NDJSON, one a line, and the decision records of retries among them. */
final class EventLines {
    /** What a line begins with that is the decision record of a retry. */
    private static final String RECORD = "{\"decision\":";

    private EventLines() {}

    /** What came together. */
    record Read(List<Event> events, List<RetryRecord> records) {
        boolean isEmpty() {
            return events.isEmpty() && records.isEmpty();
        }
    }

    /**
     * Reads all of a batch, or nothing.
     *
     * @throws BadPayload naming the line that is wrong
     */
    static Read read(byte[] body) throws BadPayload {
        Read read = new Read(new ArrayList<>(), new ArrayList<>());
        int number = 0;
        for (int begin = 0; begin < body.length; ) {
            int end = begin;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            number++;
            String line = new String(body, begin, end - begin, StandardCharsets.UTF_8);
            if (line.startsWith(RECORD)) {
                read.records.add(record(line, number));
            } else {
                Event event = one(line, number);
                if (event != null) {
                    read.events.add(event);
                }
            }
            begin = end + 1;
        }
        return read;
    }

    private static RetryRecord record(String line, long number) throws BadPayload {
        try {
            return EventReader.readRecord(line);
        } catch (IllegalArgumentException e) {
            throw new BadPayload("line " + number + ": " + e.getMessage());
        }
    }

    /** Reads one line; null for an empty one. */
    static @Nullable Event one(String line, long number) throws BadPayload {
        if (line.isBlank()) {
            return null;
        }
        try {
            return EventReader.read(line);
        } catch (IllegalArgumentException e) {
            throw new BadPayload("line " + number + ": " + e.getMessage());
        }
    }
}
