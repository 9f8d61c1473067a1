package io.levee.guard.ingest;

import io.levee.guard.store.Imported;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreException;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Request;
import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Events as NDJSON: a batch is taken whole or not at all. Thread-safe. */
final class NdjsonHttp {
    private static final String BATCH = "Levee-Batch";
    private static final Pattern IMPORT = Pattern.compile("[\\w.@:-]{1,128}");
    private static final Pattern DIGEST = Pattern.compile("\\w{1,128}");
    private static final Pattern BATCH_ID = Pattern.compile("[\\x21-\\x7e]{8,128}");

    private final Store store;
    private final InFlight inFlight;
    private final Meter meter;

    NdjsonHttp(Store store, InFlight inFlight, Meter meter) {
        this.store = store;
        this.inFlight = inFlight;
        this.meter = meter;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/api/v1/events", Role.INGEST, this::receive);
        routes.add("GET", "/api/v1/imports/{import}", Role.INGEST, this::imported);
    }

    private Answer imported(Request request) {
        try {
            Imported imported = store.imported(request.part("import"));
            return Answer.json(
                    Map.of("import", request.part("import"), "lines", imported.lines(), "digest", imported.digest()));
        } catch (StoreException e) {
            return error(503, String.valueOf(e.getMessage())).with("Retry-After", "5");
        }
    }

    private Answer receive(Request request) {
        String batch = request.header(BATCH);
        if (batch != null && !BATCH_ID.matcher(batch).matches()) {
            return invalid(BATCH + " must be 8 to 128 visible characters of ASCII, such as a UUID");
        }
        Imported.Lines lines;
        try {
            lines = lines(request);
        } catch (IllegalArgumentException e) {
            return invalid(String.valueOf(e.getMessage()));
        }
        byte[] body = request.body();
        if (!inFlight.enter(body.length)) {
            meter.refused.increment();
            return error(429, "the guard is busy; send this again in a second").with("Retry-After", "1");
        }
        try {
            EventLines.Read read = EventLines.read(body, lines == null ? 1 : lines.from());
            Store.Appended appended = append(read, lines, batch);
            meter.add(appended);
            return Answer.json(Map.of(
                    "events", read.events().size(),
                    "counted", appended.counted(),
                    "duplicates", appended.duplicates(),
                    "unmatched", appended.unmatched(),
                    "expired", appended.expired(),
                    "future", appended.future()));
        } catch (BadPayload e) {
            return invalid(e.getMessage() + "; no event of this batch was taken");
        } catch (Imported.OutOfOrder e) {
            meter.invalid.increment();
            return error(409, String.valueOf(e.getMessage()));
        } catch (StoreException e) {
            meter.refused.increment();
            return error(503, String.valueOf(e.getMessage())).with("Retry-After", "5");
        } finally {
            inFlight.leave(body.length);
        }
    }

    private Store.Appended append(EventLines.Read read, Imported.@Nullable Lines lines, @Nullable String batch) {
        if (lines != null) {
            // Without an event as well: that its lines were read is to be remembered.
            return store.appendLines(read.events(), read.records(), lines);
        }
        return read.isEmpty() ? Store.Appended.NONE : store.append(read.events(), read.records(), batch);
    }

    /** Which lines of a file these are; null if they are of none. */
    private static Imported.@Nullable Lines lines(Request request) {
        String name = request.query("import");
        if (name == null) {
            return null;
        }
        if (!IMPORT.matcher(name).matches()) {
            throw new IllegalArgumentException("'import' must be 1 to 128 letters, digits and _ . @ : -");
        }
        if (request.header(BATCH) != null) {
            throw new IllegalArgumentException("'import' and " + BATCH + " exclude each other");
        }
        String digest = request.query("digest");
        if (digest == null || !DIGEST.matcher(digest).matches()) {
            throw new IllegalArgumentException(
                    "'digest' must be 1 to 128 letters and digits that tell the lines up to 'to'");
        }
        return new Imported.Lines(name, number(request, "from"), number(request, "to"), digest);
    }

    private static long number(Request request, String name) {
        String text = request.query(name);
        if (text == null || !text.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("'" + name + "' must be the number of a line, is " + text);
        }
        return Long.parseLong(text);
    }

    private Answer invalid(String message) {
        meter.invalid.increment();
        return error(400, message);
    }

    private static Answer error(int status, String message) {
        return Answer.json(status, Map.of("error", message));
    }
}
