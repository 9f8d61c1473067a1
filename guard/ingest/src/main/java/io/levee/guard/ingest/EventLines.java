package io.levee.guard.ingest;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.EventReader;
import io.levee.guard.slo.gate.RetryRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads events of NDJSON, one a line, and the decision records of retries among them. */
final class EventLines {
    /** What a line begins with that is the decision record of a retry. */
    private static final String RECORD = "{\"decision\":";

    private EventLines() {}

    /** What came together. */
    record Read(List<Event> events, List<RetryRecord> records) {
        static Read nothing() {
            return new Read(new ArrayList<>(), new ArrayList<>());
        }

        boolean isEmpty() {
            return events.isEmpty() && records.isEmpty();
        }

        /** Adds what a line says; an empty one says nothing. */
        void add(String line) throws BadPayload {
            try {
                if (line.startsWith(RECORD)) {
                    records.add(EventReader.readRecord(line));
                } else if (!line.isBlank()) {
                    events.add(EventReader.read(line));
                }
            } catch (IllegalArgumentException e) {
                throw new BadPayload(String.valueOf(e.getMessage()));
            }
        }
    }

    /**
     * Reads all of a batch, or nothing.
     *
     * @param first the number of the first line
     * @throws BadPayload naming the line that is wrong
     */
    static Read read(byte[] body, long first) throws BadPayload {
        Read read = Read.nothing();
        long number = first;
        for (int begin = 0; begin < body.length; number++) {
            int end = begin;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            try {
                read.add(new String(body, begin, end - begin, StandardCharsets.UTF_8));
            } catch (BadPayload e) {
                throw new BadPayload("line " + number + ": " + e.getMessage());
            }
            begin = end + 1;
        }
        return read;
    }
}
