package io.levee.guard.actions;

import java.time.Instant;
import java.util.List;

/**
 * What a rule did at one time. Immutable.
 *
 * @param id its name
 * @param deeds its actions so far, one or more
 */
record Firing(String id, List<Deed> deeds) {
    /** Copies the list. */
    Firing {
        deeds = List.copyOf(deeds);
    }

    Instant at() {
        return deeds.get(0).fired.at();
    }

    Instant until() {
        return deeds.get(0).until;
    }

    boolean isOpen(Instant now) {
        return deeds.stream().anyMatch(deed -> deed.isOpen(now));
    }

    /** Whether the end of each of its actions is on the record. */
    boolean isEnded() {
        return deeds.stream().allMatch(Deed::isEnded);
    }

    /** When the last of its actions ended, or will. */
    Instant end() {
        return deeds.stream().map(Deed::end).max(Instant::compareTo).orElseThrow();
    }

    boolean has(int index) {
        return deeds.stream().anyMatch(deed -> deed.index == index);
    }
}
