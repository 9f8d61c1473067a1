package io.levee.guard.ingest;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.store.Store;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Counts the events of NDJSON files, plain or gzip. An event without an id gets one of its line and the line's number, so that a
 * file that is read twice, or has grown, counts once. Not thread-safe.
 */
public final class NdjsonImport {
    private static final int AT_ONCE = 5_000;
    private static final int LONGEST_LINE = 1 << 20;

    private final Store store;

    /**
     * Into a store.
     *
     * @param store where events go
     */
    public NdjsonImport(Store store) {
        this.store = store;
    }

    /** Is told how far an import has come. */
    @FunctionalInterface
    public interface Progress {
        /**
         * After each batch.
         *
         * @param bytes of the file that have been read
         * @param ofBytes the size of the file
         * @param events that have been read
         */
        void at(long bytes, long ofBytes, long events);
    }

    /**
     * Reads a file.
     *
     * @param file NDJSON; gzip if its name ends in {@code .gz}
     * @param progress is told after each batch, and at the end
     * @return what became of its events
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException naming the line that is wrong; what came before is counted, and counts once when the
     *     mended file is read again
     * @throws io.levee.guard.store.StoreException if the store cannot be written; likewise
     */
    public Store.Appended read(Path file, Progress progress) throws IOException {
        long size = Files.size(file);
        try (Counting counting = new Counting(Files.newInputStream(file));
                InputStream in = new BufferedInputStream(
                        file.toString().endsWith(".gz") ? new GZIPInputStream(counting) : counting, 1 << 16)) {
            Store.Appended sum = Store.Appended.NONE;
            List<Event> some = new ArrayList<>();
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            long number = 0;
            long events = 0;
            while (readLine(in, line, number + 1, file)) {
                number++;
                Event event = event(line.toString(StandardCharsets.UTF_8), number, file);
                if (event == null) {
                    continue;
                }
                some.add(event);
                events++;
                if (some.size() == AT_ONCE) {
                    sum = sum.plus(store.append(some));
                    some = new ArrayList<>();
                    progress.at(counting.bytes, size, events);
                }
            }
            if (!some.isEmpty()) {
                sum = sum.plus(store.append(some));
            }
            progress.at(size, size, events);
            return sum;
        }
    }

    private @Nullable Event event(String line, long number, Path file) {
        try {
            Event event = EventLines.one(line, number);
            return event == null || event.id() != null ? event : event.withId(Digest.of(Long.toString(number), line));
        } catch (BadPayload e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static boolean readLine(InputStream in, ByteArrayOutputStream line, long number, Path file)
            throws IOException {
        line.reset();
        int next = in.read();
        if (next < 0) {
            return false;
        }
        while (next >= 0 && next != '\n') {
            if (line.size() == LONGEST_LINE) {
                throw new IllegalArgumentException(file + ": line " + number + ": is longer than " + LONGEST_LINE
                        + " bytes; one line is one event");
            }
            line.write(next);
            next = in.read();
        }
        return true;
    }

    /** Counts what has been read of the file itself, compressed or not. */
    private static final class Counting extends FilterInputStream {
        private long bytes;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            bytes += next < 0 ? 0 : 1;
            return next;
        }

        @Override
        public int read(byte[] into, int at, int length) throws IOException {
            int read = super.read(into, at, length);
            bytes += Math.max(0, read);
            return read;
        }
    }
}
