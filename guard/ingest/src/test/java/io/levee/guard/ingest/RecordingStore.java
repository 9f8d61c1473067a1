package io.levee.guard.ingest;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.RetryRecord;
import io.levee.guard.store.Imported;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A store that keeps the events themselves, for tests of what becomes an event. */
final class RecordingStore {
    private final List<Event> events = new ArrayList<>();
    private final List<RetryRecord> records = new ArrayList<>();
    private final Map<String, Imported> imports = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    boolean isBroken;

    final Store store = (Store) Proxy.newProxyInstance(
            Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                if (method.isDefault()) {
                    return InvocationHandler.invokeDefault(proxy, method, arguments);
                }
                if (method.getName().equals("imported")) {
                    return imported((String) arguments[0]);
                }
                if (method.getName().equals("appendLines")) {
                    return append((List<?>) arguments[0], (List<?>) arguments[1], (Imported.Lines) arguments[2]);
                }
                if (!method.getName().equals("append")) {
                    throw new UnsupportedOperationException(method.getName());
                }
                return append((List<?>) arguments[0], (List<?>) arguments[1], (String) arguments[2]);
            });

    private synchronized Imported imported(String name) {
        return imports.getOrDefault(name, Imported.NOTHING);
    }

    /** As the real store does it, whose own tests say so. */
    private synchronized Store.Appended append(List<?> batch, List<?> decided, Imported.Lines lines) {
        Imported known = imported(lines.name());
        if (lines.to() <= known.lines()) {
            return new Store.Appended(0, batch.size(), 0, 0, 0);
        }
        if (lines.from() != known.lines() + 1) {
            throw new Imported.OutOfOrder(lines, known);
        }
        imports.put(lines.name(), new Imported(lines.to(), lines.digest()));
        return append(batch, decided, (String) null);
    }

    private synchronized Store.Appended append(List<?> batch, List<?> decided, String id) {
        if (isBroken) {
            throw new StoreException("the disk is full; make room", new IllegalStateException());
        }
        long counted = 0;
        boolean isKnown = id != null && !seen.add(id);
        decided.forEach(each -> records.add((RetryRecord) each));
        for (Object each : batch) {
            Event event = (Event) each;
            if (!isKnown && (event.id() == null || seen.add(event.id()))) {
                events.add(event);
                counted++;
            }
        }
        return new Store.Appended(counted, batch.size() - counted, 0, 0, 0);
    }

    synchronized List<RetryRecord> records() {
        return List.copyOf(records);
    }

    synchronized List<Event> events() {
        return List.copyOf(events);
    }

    synchronized Event only() {
        if (events.size() != 1) {
            throw new AssertionError("not one event: " + events);
        }
        return events.get(0);
    }

    synchronized long count(Event.Outcome outcome) {
        return events.stream().filter(event -> event.outcome() == outcome).count();
    }

    synchronized Stream<Event> of(String service) {
        return List.copyOf(events).stream().filter(event -> event.service().equals(service));
    }
}
