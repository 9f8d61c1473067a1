package io.levee.guard.ingest;

import io.levee.guard.store.Store;
import io.levee.guard.store.StoreException;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Request;
import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import java.util.Map;
import java.util.regex.Pattern;

/** Events as NDJSON: a batch is taken whole or not at all. Thread-safe. */
final class NdjsonHttp {
    private static final String BATCH = "Levee-Batch";
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
    }

    private Answer receive(Request request) {
        String batch = request.header(BATCH);
        if (batch != null && !BATCH_ID.matcher(batch).matches()) {
            return invalid(BATCH + " must be 8 to 128 visible characters of ASCII, such as a UUID");
        }
        byte[] body = request.body();
        if (!inFlight.enter(body.length)) {
            meter.refused.increment();
            return error(429, "the guard is busy; send this again in a second").with("Retry-After", "1");
        }
        try {
            EventLines.Read read = EventLines.read(body);
            Store.Appended appended =
                    read.isEmpty() ? Store.Appended.NONE : store.append(read.events(), read.records(), batch);
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
        } catch (StoreException e) {
            meter.refused.increment();
            return error(503, String.valueOf(e.getMessage())).with("Retry-After", "5");
        } finally {
            inFlight.leave(body.length);
        }
    }

    private Answer invalid(String message) {
        meter.invalid.increment();
        return error(400, message);
    }

    private static Answer error(int status, String message) {
        return Answer.json(status, Map.of("error", message));
    }
}
