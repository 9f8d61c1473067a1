package io.levee.guard.views;

import io.levee.guard.store.Ledger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is advised for each objective: the newest {@code advice} entry of the ledger that still holds, which is until its
 * {@code until}, or for a day where it names none. One with a null text takes back what was advised before. Not thread-safe.
 */
final class Advice {
    private static final Duration HOLDS = Duration.ofDays(1);

    private final Ledger ledger;
    private final Map<String, Ledger.Entry> newest = new HashMap<>();
    private long seen = -1;

    Advice(Ledger ledger) {
        this.ledger = ledger;
    }

    Map<String, String> holding(Instant now) {
        for (Ledger.Entry entry : ledger.read(Ledger.Query.of("advice").after(seen))) {
            seen = Math.max(seen, entry.seq());
            String slo = entry.slo();
            if (slo != null) {
                newest.merge(slo, entry, (a, b) -> a.seq() > b.seq() ? a : b);
            }
        }
        Map<String, String> texts = new HashMap<>();
        newest.forEach((slo, entry) -> {
            if (entry.data().get("text") instanceof String text && now.isBefore(until(entry))) {
                texts.put(slo, text);
            }
        });
        return texts;
    }

    private static Instant until(Ledger.Entry entry) {
        @Nullable Object until = entry.data().get("until");
        try {
            return until == null ? entry.at().plus(HOLDS) : Instant.parse(String.valueOf(until));
        } catch (DateTimeException e) {
            return entry.at().plus(HOLDS);
        }
    }
}
