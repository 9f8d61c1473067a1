package io.levee.guard.views;

import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Watched;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.store.history.Incident;
import io.levee.guard.store.history.Incidents;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts incidents on the record, once when they begin and once when they end, whichever guard leads then: what is open is
 * folded from the ledger each time, so a restart or another leader goes on where it stood. Used by one thread.
 */
final class IncidentRecord {
    private static final String KIND = "incident";

    private final Store store;
    /** The incidents that have begun on the record, by their ids: open ones with the entry, ended ones with null. */
    private final Map<String, Ledger.@Nullable Entry> known = new LinkedHashMap<>();

    /** How each objective stood when its incidents were looked for last, by its name. */
    private final Map<String, Looked> looked = new HashMap<>();

    private long seen = -1;

    IncidentRecord(Store store) {
        this.store = store;
    }

    void update(Board.Snapshot board) {
        read();
        for (Board.Entry each : board.entries().values()) {
            Standing standing = each.standing();
            List<Ledger.Entry> open = open(standing.watched());
            Looked now = new Looked(standing.severity(), standing.at());
            if (now.isDue(looked.get(standing.watched().name()), !open.isEmpty())) {
                looked.put(standing.watched().name(), now);
                update(standing.watched(), board.at(), open);
            }
        }
    }

    /** The severity of an objective in a minute. */
    private record Looked(String severity, Instant minute) {
        /**
         * Looking for incidents reads a week of minutes. One can only have begun or ended if other rules fire than before, or
         * if the record does not say what the rules do; and then within a minute not twice.
         */
        boolean isDue(@Nullable Looked before, boolean open) {
            boolean firing = !severity.equals("ok");
            if (before == null) {
                return firing || open;
            }
            return !severity.equals(before.severity) || (firing != open && !minute.equals(before.minute));
        }
    }

    /** What this guard or another one put there. Newest first, so the first entry of an id says how it stands. */
    private void read() {
        List<Ledger.Entry> fresh = store.ledger().read(Ledger.Query.of(KIND).after(seen));
        for (int i = fresh.size() - 1; i >= 0; i--) {
            Ledger.Entry entry = fresh.get(i);
            seen = Math.max(seen, entry.seq());
            known.put(String.valueOf(entry.data().get("id")), entry.data().get("to") == null ? entry : null);
        }
    }

    private List<Ledger.Entry> open(Watched watched) {
        List<Ledger.Entry> open = new ArrayList<>();
        known.forEach((id, entry) -> {
            if (entry != null && watched.name().equals(entry.data().get("objective"))) {
                open.add(entry);
            }
        });
        return open;
    }

    private void update(Watched watched, Instant now, List<Ledger.Entry> open) {
        Instant since = now;
        for (Ledger.Entry entry : open) {
            Instant began = instant(entry);
            since = began.isBefore(since) ? began : since;
        }
        List<Incident> incidents = Incidents.within(watched, new TimeRange(since, now.plusMillis(1)), now, store);
        for (Ledger.Entry entry : open) {
            Incident same = same(incidents, entry);
            if (same == null || !same.open()) {
                append(watched, ended(entry, same, now));
            }
        }
        for (Incident incident : incidents) {
            boolean begun = known.containsKey(incident.id())
                    || open.stream().anyMatch(entry -> incident.equals(same(incidents, entry)));
            if (incident.open() && !begun) {
                append(watched, begun(watched, incident));
            }
        }
        read();
    }

    /** By its id, or by its time if late events moved its beginning. */
    private static @Nullable Incident same(List<Incident> incidents, Ledger.Entry entry) {
        for (Incident incident : incidents) {
            if (incident.id().equals(entry.data().get("id"))) {
                return incident;
            }
        }
        for (Incident incident : incidents) {
            if (incident.range().contains(instant(entry))) {
                return incident;
            }
        }
        return null;
    }

    private static Instant instant(Ledger.Entry entry) {
        try {
            return Instant.parse(String.valueOf(entry.data().get("from")));
        } catch (DateTimeException e) {
            return entry.at();
        }
    }

    private static Map<String, @Nullable Object> begun(Watched watched, Incident incident) {
        Map<String, @Nullable Object> data = incident.toMap();
        data.put("objective", watched.name());
        return data;
    }

    private static Map<String, @Nullable Object> ended(Ledger.Entry begun, @Nullable Incident incident, Instant now) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>(begun.data());
        if (incident == null) {
            // Late events made it none, or a more severe one took it in.
            data.put(
                    "to", now.truncatedTo(java.time.temporal.ChronoUnit.MINUTES).toString());
            return data;
        }
        data.putAll(incident.toMap());
        data.put("id", begun.data().get("id"));
        return data;
    }

    private void append(Watched watched, Map<String, @Nullable Object> data) {
        store.ledger().append(KIND, watched.counted(), "guard", data);
    }
}
