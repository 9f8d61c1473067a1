package io.levee.guard.ingest;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.EventReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads events of NDJSON, one a line. */
final class EventLines {
    private EventLines() {}

    /**
     * Reads all of a batch, or nothing.
     *
     * @throws BadPayload naming the line that is wrong
     */
    static List<Event> read(byte[] body) throws BadPayload {
        List<Event> events = new ArrayList<>();
        int number = 0;
        for (int begin = 0; begin < body.length; ) {
            int end = begin;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            number++;
            Event event = one(new String(body, begin, end - begin, StandardCharsets.UTF_8), number);
            if (event != null) {
                events.add(event);
            }
            begin = end + 1;
        }
        return events;
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
