package io.levee.guard.store;

import io.levee.guard.slo.gate.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which objectives an event belongs to, remembered by what decides it. Thread-safe. */
final class ObjectiveIndex {
    /** Routes ought to be templates; where they are not, those beyond this are matched anew each time. */
    private static final int MOST_REMEMBERED = 100_000;

    static final ObjectiveIndex EMPTY = new ObjectiveIndex(List.of());

    private final Map<String, List<Tracked>> byService = new HashMap<>();
    private final Map<Key, List<Tracked>> remembered = new ConcurrentHashMap<>();

    private record Key(
            String service, @Nullable String sli, @Nullable String route) {}

    ObjectiveIndex(List<Tracked> objectives) {
        Map<String, Tracked> byName = new LinkedHashMap<>();
        objectives.forEach(each -> byName.put(each.slo(), each));
        byName.values()
                .forEach(each -> byService
                        .computeIfAbsent(each.matcher().service(), service -> new ArrayList<>())
                        .add(each));
    }

    List<Tracked> of(Event event) {
        List<Tracked> candidates = byService.get(event.service());
        if (candidates == null) {
            return List.of();
        }
        Key key = new Key(event.service(), event.sli(), event.route());
        List<Tracked> found = remembered.get(key);
        if (found == null) {
            found = candidates.stream()
                    .filter(each -> each.matcher().matches(event))
                    .toList();
            if (remembered.size() < MOST_REMEMBERED) {
                remembered.put(key, found);
            }
        }
        return found;
    }
}
