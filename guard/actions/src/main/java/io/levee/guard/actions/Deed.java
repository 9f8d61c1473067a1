package io.levee.guard.actions;

import io.levee.guard.store.Ledger;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One action of one firing, as the entries of the ledger tell it together. Filled while they are read in their order, and not
 * changed afterwards.
 */
final class Deed {
    /** Which half of an action a program or a request belongs to. */
    enum Phase {
        FIRE,
        UNDO;

        String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    final String id;
    final String firing;
    final String rule;
    final int index;
    final Ledger.Entry fired;
    final Instant until;
    final boolean dry;
    private @Nullable Instant ended;
    private Ledger.@Nullable Entry ending;
    private final Map<String, Ledger.Entry> started = new HashMap<>();
    private final Map<String, Ledger.Entry> results = new HashMap<>();

    Deed(Ledger.Entry fired, String id, String firing, String rule, int index, Instant until, boolean dry) {
        this.id = id;
        this.firing = firing;
        this.rule = rule;
        this.index = index;
        this.fired = fired;
        this.until = until;
        this.dry = dry;
    }

    void end(Ledger.Entry entry) {
        if (ending == null) {
            ending = entry;
            ended = entry.at();
        }
    }

    void start(String phase, Ledger.Entry entry) {
        started.putIfAbsent(phase, entry);
    }

    void result(String phase, Ledger.Entry entry) {
        results.putIfAbsent(phase, entry);
    }

    String type() {
        return fired.kind().equals(Kinds.ADVICE) ? Effect.Advice.TYPE : Data.text(fired, "action");
    }

    /** Neither ended nor past its time. */
    boolean isOpen(Instant now) {
        return ended == null && now.isBefore(until);
    }

    /** Whether its end is on the record. */
    boolean isEnded() {
        return ended != null;
    }

    /** When it ended, or will. */
    Instant end() {
        return ended == null ? until : ended;
    }

    Ledger.@Nullable Entry ending() {
        return ending;
    }

    Ledger.@Nullable Entry started(Phase phase) {
        return started.get(phase.text());
    }

    boolean hasResult(Phase phase) {
        return results.containsKey(phase.text());
    }
}
