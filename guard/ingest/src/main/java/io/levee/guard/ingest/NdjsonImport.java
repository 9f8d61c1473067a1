package io.levee.guard.ingest;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.RetryRecord;
import io.levee.guard.store.Imported;
import io.levee.guard.store.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts the events of a file of NDJSON, plain or gzip, and keeps the decision records among them. Its target knows for always how
 * far a file has come: one that is given again, later or longer, goes on where it ended, and each line counts once. A line that is
 * wrong is told and left out. Not thread-safe.
 */
public final class NdjsonImport {
    private static final int MOST_LINES = 5_000;
    private static final int MOST_BYTES = 4 << 20;

    private final Target target;
    private final Listener listener;
    private @Nullable String name;

    /**
     * Into a target.
     *
     * @param target where lines go
     * @param listener is told how it goes
     */
    public NdjsonImport(Target target, Listener listener) {
        this.target = target;
        this.listener = listener;
    }

    /** Where lines go: a store, or a guard far away. */
    public interface Target {
        /**
         * A store.
         *
         * @param store that tracks the objectives
         * @return a target whose calls throw what the store throws
         */
        static Target of(Store store) {
            return new Target() {
                @Override
                public Imported imported(String name) {
                    return store.imported(name);
                }

                @Override
                public Store.Appended append(Part part) {
                    return store.appendLines(part.events(), part.records(), part.lines());
                }
            };
        }

        /**
         * How far an import has come.
         *
         * @param name of the import
         * @return {@link Imported#NOTHING} if nothing is known of it
         */
        Imported imported(String name);

        /**
         * Counts lines, durably, with how far the import has come by them.
         *
         * @param part of the file
         * @return what became of the events
         */
        Store.Appended append(Part part);
    }

    /**
     * Some lines that come together.
     *
     * @param lines which ones they are
     * @param ndjson their bytes; where a line is left out, an empty one
     * @param events those of the lines
     * @param records likewise
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Part(Imported.Lines lines, byte[] ndjson, List<Event> events, List<RetryRecord> records) {}

    /** Is told how an import goes. */
    public interface Listener {
        /**
         * After each part.
         *
         * @param bytes of the file that have been read
         * @param lines how many of them are in
         */
        void at(long bytes, long lines);

        /**
         * A line that is left out.
         *
         * @param number the line's; 1 for the first
         * @param line as it is in the file, without its end
         * @param reason what is wrong with it
         */
        void refused(long number, byte[] line, String reason);
    }

    /**
     * What became of a file.
     *
     * @param name of the import
     * @param lines of the file
     * @param before how many of them were in before
     * @param events that were read now
     * @param records decision records that were read now
     * @param refused lines that were left out now
     * @param appended what became of the events
     */
    public record Result(
            String name, long lines, long before, long events, long records, long refused, Store.Appended appended) {}

    /**
     * Under a name of one's own; unless told so the name is one of the file's first line.
     *
     * @param ownName what the target knows the file by
     * @return this
     */
    public NdjsonImport named(String ownName) {
        name = ownName;
        return this;
    }

    /**
     * Reads all of it.
     *
     * @param source closed by who opened it
     * @return what became of it
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if these are not the lines that came under this name before
     * @throws Imported.OutOfOrder if somebody else imports the same
     * @throws RuntimeException what the target throws; what was told to the listener is in
     */
    public Result read(InputStream source) throws IOException {
        NdjsonLines lines = new NdjsonLines(source);
        if (!lines.next()) {
            return new Result(name == null ? "" : name, 0, 0, 0, 0, 0, Store.Appended.NONE);
        }
        String known = name == null ? "file-" + lines.digest() : name;
        Imported before = target.imported(known);
        Reading reading = new Reading(known, lines);
        boolean isLine = before.lines() == 0 || skip(lines, before, known);
        while (isLine) {
            reading.take();
            isLine = lines.next();
        }
        reading.send();
        return reading.result(before.lines());
    }

    /** Goes on to the first line that is not in yet; false if there is none. */
    private static boolean skip(NdjsonLines lines, Imported before, String name) throws IOException {
        boolean isLine = true;
        while (isLine && lines.number() < before.lines()) {
            isLine = lines.next();
        }
        if (!isLine) {
            throw another("has " + lines.number() + " lines", before, name);
        }
        if (!lines.digest().equals(before.digest())) {
            throw another("begins with other lines", before, name);
        }
        return lines.next();
    }

    private static IllegalArgumentException another(String what, Imported before, String name) {
        return new IllegalArgumentException("the file " + what + ", and " + before.lines()
                + " are in under the name '" + name
                + "': it was changed, or it is another file; another one needs another"
                + " name, and of a changed one give what is new as a file of its own");
    }

    private final class Reading {
        private final String name;
        private final NdjsonLines lines;
        private final ByteArrayOutputStream ndjson = new ByteArrayOutputStream(1 << 16);
        private EventLines.Read read = EventLines.Read.nothing();
        private long from;
        private long events;
        private long records;
        private long refused;
        private Store.Appended sum = Store.Appended.NONE;

        Reading(String name, NdjsonLines lines) {
            this.name = name;
            this.lines = lines;
        }

        void take() {
            if (from == 0) {
                from = lines.number();
            }
            String text = lines.text();
            try {
                if (text == null) {
                    throw new BadPayload(lines.problem());
                }
                read.add(text);
                ndjson.writeBytes(lines.bytes());
            } catch (BadPayload e) {
                refused++;
                listener.refused(lines.number(), lines.bytes(), String.valueOf(e.getMessage()));
            }
            ndjson.write('\n');
            if (lines.number() - from + 1 == MOST_LINES || ndjson.size() >= MOST_BYTES) {
                send();
            }
        }

        void send() {
            if (from == 0) {
                return;
            }
            Imported.Lines these = new Imported.Lines(name, from, lines.number(), lines.digest());
            sum = sum.plus(target.append(new Part(these, ndjson.toByteArray(), read.events(), read.records())));
            events += read.events().size();
            records += read.records().size();
            read = EventLines.Read.nothing();
            ndjson.reset();
            from = 0;
            listener.at(lines.bytesRead(), these.to());
        }

        Result result(long before) {
            return new Result(name, lines.number(), before, events, records, refused, sum);
        }
    }
}
