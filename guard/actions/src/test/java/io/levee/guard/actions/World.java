package io.levee.guard.actions;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.OpenSloFile;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import io.levee.guard.store.Tracked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A clock that the test sets, a real store, one objective, and as many guards on them as the test likes. */
final class World implements AutoCloseable {
    static final String SLO = "reads";

    Instant now = Instant.parse("2026-11-26T10:00:00Z");
    private final Store real;

    /** The store, with a record that fails when the guard is to die. */
    final Store store;

    final Ledger ledger;

    /** When so many more entries are there, the guard dies. */
    int diesAfter = Integer.MAX_VALUE;

    final Map<String, String> environment = new HashMap<>(Map.of("PATH", "/usr/bin:/bin"));
    private final Path file;
    private final Catalog catalog;
    private final List<Actions> guards = new ArrayList<>();

    World(Path folder) {
        real = Stores.open(StoreSettings.folder(folder.resolve("store")).clock(() -> now));
        ledger = instead(Ledger.class, real.ledger(), "append", () -> {
            if (diesAfter-- <= 0) {
                throw new IllegalStateException("the guard has died");
            }
            return null;
        });
        store = instead(Store.class, real, "ledger", () -> ledger);
        file = folder.resolve(ActionFile.NAME);
        catalog = Catalog.of(List.of(OpenSloFile.parse("slo.yaml", slo(SLO, "0.95", 200))));
        store.track(tracked(catalog));
    }

    private static List<Tracked> tracked(Catalog known) {
        return known.slos().stream()
                .map(slo -> new Tracked(slo.name(), slo.matcher(known.sli(slo))))
                .toList();
    }

    /** In a file, by the machine's clock. */
    static Store live(Path folder, Catalog catalog) {
        Store store = Stores.open(StoreSettings.folder(folder.resolve("live")));
        store.track(tracked(catalog));
        return store;
    }

    /** An objective: that share of the events of service shop and the route of the same name, within so many milliseconds. */
    static String slo(String name, String target, long maxDurationMs) {
        return String.join(
                "\n",
                "apiVersion: openslo/v1",
                "kind: SLO",
                "metadata: {name: " + name + ", annotations: {levee.io/burn-rules: none}}",
                "spec:",
                "  service: shop",
                "  indicator:",
                "    metadata: {name: " + name + "-ok}",
                "    spec:",
                "      ratioMetric:",
                "        counter: true",
                "        good: {metricSource: {type: levee, spec: {routes: [" + name + "], maxDurationMs: "
                        + maxDurationMs + "}}}",
                "        total: {metricSource: {type: levee, spec: {routes: [" + name + "], maxDurationMs: "
                        + maxDurationMs + "}}}",
                "  timeWindow: [{duration: 28d, isRolling: true}]",
                "  budgetingMethod: Occurrences",
                "  objectives: [{target: " + target + "}]",
                "");
    }

    /** The real one, but for one method: what the supplier answers, and what the real one does if that is null. */
    private static <T> T instead(Class<T> type, T real, String name, Supplier<@Nullable Object> other) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    Object answer = method.getName().equals(name) ? other.get() : null;
                    try {
                        return answer == null ? method.invoke(real, given) : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    World rules(String... lines) {
        try {
            Files.writeString(file, String.join("\n", lines) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Actions guard() {
        Actions guard = new Actions(() -> catalog, store, () -> now, new Actions.Settings(file, environment::get));
        guards.add(guard);
        return guard;
    }

    void events(int good, int bad) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < good + bad; i++) {
            events.add(event(i < good ? Event.Outcome.GOOD : Event.Outcome.BAD));
        }
        store.append(events);
    }

    private Event event(Event.Outcome outcome) {
        return new Event(
                null, now, "shop", null, SLO, outcome, null, Environment.PRODUCTION, null, null, null, 1, false, 10L);
    }

    /** Lets time pass second by second, as the server does. */
    void pass(Actions guard, Duration time) {
        for (long i = 0; i < time.toSeconds(); i++) {
            now = now.plusSeconds(1);
            real.tick(now);
            guard.tick(now);
        }
    }

    List<String> kinds() {
        List<String> kinds = new ArrayList<>(
                ledger.read(Ledger.Query.of()).stream().map(Ledger.Entry::kind).toList());
        java.util.Collections.reverse(kinds);
        return kinds;
    }

    Ledger.Entry last(String kind) {
        return ledger.read(Ledger.Query.of(kind).most(1)).get(0);
    }

    @Override
    public void close() {
        guards.forEach(Actions::close);
        real.close();
    }
}
