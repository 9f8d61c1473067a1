package io.levee.guard.server.gate;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Ledger.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the record says of gates, and what goes into it. Thread-safe. */
final class GateRecord {
    /** A poller's answer that stays the same is written once in this time. */
    static final Duration SAME = Duration.ofMinutes(1);

    private static final int POLLERS = 10_000;
    private static final int LOOKED_AT = 10_000;

    private final Ledger ledger;
    private final Map<Poller, Written> lately = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Poller, Written> eldest) {
            return size() > POLLERS;
        }
    };

    private record Poller(String slo, Environment environment, String release, String caller, String actor) {}

    private record Written(String answer, Instant at, long seq) {}

    GateRecord(Ledger ledger) {
        this.ledger = ledger;
    }

    /** The number of the entry: a new one, or that of the same answer to the same caller within the last minute. */
    long write(Asked asked, Told told) {
        Instant at = told.decision().question().at();
        Poller poller = new Poller(asked.slo(), asked.environment(), asked.release(), asked.caller(), asked.actor());
        synchronized (lately) {
            Written last = lately.get(poller);
            if (last != null
                    && last.answer.equals(told.answer().toString())
                    && Duration.between(last.at, at).compareTo(SAME) < 0) {
                return last.seq;
            }
        }
        Map<String, @Nullable Object> data = told.toMap();
        data.put("caller", asked.caller());
        Entry entry = ledger.append("gate.decision", asked.slo(), asked.actor(), data);
        synchronized (lately) {
            lately.put(poller, new Written(told.answer().toString(), at, entry.seq()));
        }
        return entry.seq();
    }

    void forget(String slo, String release) {
        synchronized (lately) {
            lately.keySet().removeIf(each -> each.slo.equals(slo) && each.release.equals(release));
        }
    }

    Entry append(String kind, String slo, String actor, Map<String, @Nullable Object> data) {
        return ledger.append(kind, slo, actor, data);
    }

    /** The last one that holds at an instant. */
    @Nullable
    Approval approval(String slo, Environment environment, String release, Instant now) {
        return entries("gate.approval", slo, release)
                .filter(entry -> environment.toString().equals(entry.data().get("environment")))
                .map(entry -> new Approval(
                        entry.actor(),
                        entry.at(),
                        Instant.parse(String.valueOf(entry.data().get("until"))),
                        String.valueOf(entry.data().get("reason"))))
                .filter(approval -> now.isBefore(approval.until()))
                .findFirst()
                .orElse(null);
    }

    boolean hasReport(String slo, String release) {
        return entries("gate.report", slo, release).findAny().isPresent();
    }

    /** Newest first. */
    List<Entry> decisions(String slo, Environment environment, String release) {
        return entries("gate.decision", slo, release)
                .filter(entry -> environment.toString().equals(entry.data().get("environment")))
                .toList();
    }

    /** All kinds of gates, newest first. */
    List<Entry> list(@Nullable String slo, @Nullable String release, int most) {
        Ledger.Query query = Ledger.Query.of("gate.").about(slo);
        return release == null
                ? ledger.read(query.most(most))
                : ledger.read(query.most(LOOKED_AT)).stream()
                        .filter(entry -> release.equals(entry.data().get("release")))
                        .limit(most)
                        .toList();
    }

    private Stream<Entry> entries(String kind, String slo, String release) {
        return ledger.read(Ledger.Query.of(kind).about(slo).most(LOOKED_AT)).stream()
                .filter(entry -> Objects.equals(entry.data().get("release"), release));
    }
}
