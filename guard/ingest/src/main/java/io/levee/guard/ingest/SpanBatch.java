package io.levee.guard.ingest;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.RetryRecord;
import io.levee.guard.store.Store.Appended;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one request of spans amounts to. Not thread-safe. */
final class SpanBatch {
    final List<Event> events = new ArrayList<>();
    /** Why calls were not sent again: some of each request, since a minute keeps few. */
    final List<RetryRecord> records = new ArrayList<>();
    /** Spans without ids or an end. */
    long invalid;
    /** Spans that a sampler chose: counting them would count something else than the calls. */
    long sampled;
    /** Spans of environments that nobody knows. */
    long elsewhere;
    /** Spans that are no events: attempts, clients, inner steps. */
    long others;

    long rejected() {
        return invalid + sampled + elsewhere;
    }

    /** What the sender should know; null if there is nothing. */
    @Nullable
    String complaint(Appended appended) {
        List<String> said = new ArrayList<>();
        if (invalid > 0) {
            said.add(invalid + " without trace id, span id or end time");
        }
        if (sampled > 0) {
            said.add(sampled
                    + " that were sampled: a share of the calls says nothing exact of all of them; send every call's"
                    + " span, or use Levee's exporter (docs/ingest.md)");
        }
        if (elsewhere > 0) {
            said.add(elsewhere
                    + " of an unknown deployment.environment.name: known are staging, canary, production and those"
                    + " of the guard's settings");
        }
        Otlp.complain(said, appended);
        return said.isEmpty() ? null : "spans left out: " + String.join("; ", said);
    }
}
