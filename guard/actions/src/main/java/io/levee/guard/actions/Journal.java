package io.levee.guard.actions;

import io.levee.guard.store.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries about actions, and what they say together: the only state of this room, so a restart or another guard goes on
 * where the last one stopped. Thread-safe.
 */
final class Journal {
    /** Longer than any action, its cool-down and the day of the most firings together. */
    private static final Duration KEPT = Duration.ofDays(16);

    private static final int PAGE = 500;
    private static final String GUARD = "guard";

    private final Ledger ledger;

    /** Guarded by this. Entries come from appends, from the subscription and from reads, in any order and more than once. */
    private final TreeMap<Long, Ledger.Entry> entries = new TreeMap<>();

    /** Guarded by this. Null when an entry has come since. */
    private @Nullable Map<String, Deed> deeds;

    Journal(Ledger ledger, Instant now) {
        this.ledger = ledger;
        Ledger.Query query = Kinds.all().most(PAGE);
        List<Ledger.Entry> page = ledger.read(query);
        while (!page.isEmpty()) {
            page.forEach(this::add);
            Ledger.Entry oldest = page.get(page.size() - 1);
            if (page.size() < PAGE || oldest.at().isBefore(now.minus(KEPT))) {
                return;
            }
            page = ledger.read(query.before(oldest.seq()));
        }
    }

    synchronized void add(Ledger.Entry entry) {
        if (entries.putIfAbsent(entry.seq(), entry) == null) {
            deeds = null;
        }
    }

    /** Reads what others have appended, and forgets what is long over. */
    void catchUp(Instant now) {
        long last;
        synchronized (this) {
            last = entries.isEmpty() ? -1 : entries.lastKey();
        }
        ledger.read(Kinds.all().after(last)).forEach(this::add);
        synchronized (this) {
            if (entries.values().removeIf(entry -> entry.at().isBefore(now.minus(KEPT)))) {
                deeds = null;
            }
        }
    }

    Ledger.Entry append(String kind, @Nullable String slo, Map<String, @Nullable Object> data) {
        return append(kind, slo, GUARD, data);
    }

    Ledger.Entry append(String kind, @Nullable String slo, String actor, Map<String, @Nullable Object> data) {
        Ledger.Entry entry = ledger.append(kind, slo, actor, data);
        add(entry);
        return entry;
    }

    /** The newest entries, newest first. */
    List<Ledger.Entry> newest(int most) {
        return ledger.read(Kinds.all().most(most));
    }

    /** The sequence number of the newest entry; 0 without one. */
    synchronized long seq() {
        return entries.isEmpty() ? 0 : entries.lastKey();
    }

    /** All actions by their ids, in the order in which they were fired. */
    synchronized Map<String, Deed> deeds() {
        Map<String, Deed> known = deeds;
        if (known == null) {
            known = Collections.unmodifiableMap(fold());
            deeds = known;
        }
        return known;
    }

    private Map<String, Deed> fold() {
        Map<String, Deed> folded = new LinkedHashMap<>();
        for (Ledger.Entry entry : entries.values()) {
            String id = Data.text(entry, "id");
            Deed known = folded.get(id);
            if (known == null) {
                Instant until = Data.instant(entry, "until");
                boolean dry = entry.kind().equals(Kinds.DRY);
                // An end whose beginning is too old to be kept says nothing any more.
                if (until != null
                        && (dry
                                || entry.kind().equals(Kinds.FIRED)
                                || entry.kind().equals(Kinds.ADVICE))) {
                    folded.put(
                            id,
                            new Deed(
                                    entry,
                                    id,
                                    Data.text(entry, "firing"),
                                    Data.text(entry, "rule"),
                                    Data.number(entry, "index"),
                                    until,
                                    dry));
                }
                continue;
            }
            switch (entry.kind()) {
                case Kinds.STARTED -> known.start(Data.text(entry, "phase"), entry);
                case Kinds.RESULT -> known.result(Data.text(entry, "phase"), entry);
                case Kinds.UNDONE, Kinds.EXPIRED, Kinds.DRY, Kinds.ADVICE -> known.end(entry);
                default -> {}
            }
        }
        return folded;
    }

    /** The firings of a rule, oldest first. */
    List<Firing> firings(String rule) {
        Map<String, List<Deed>> byFiring = new LinkedHashMap<>();
        for (Deed deed : deeds().values()) {
            if (deed.rule.equals(rule)) {
                byFiring.computeIfAbsent(deed.firing, id -> new ArrayList<>()).add(deed);
            }
        }
        return byFiring.entrySet().stream()
                .map(entry -> new Firing(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** The rules that have actions whose end is not on the record. */
    List<String> unended() {
        return deeds().values().stream()
                .filter(deed -> !deed.isEnded())
                .map(deed -> deed.rule)
                .distinct()
                .toList();
    }
}
