package io.levee.guard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BulkTest {
    private final List<Integer> batches = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();

    /** A store that knows nothing of bulks. */
    private final Store store = (Store) Proxy.newProxyInstance(
            Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                if (method.isDefault()) {
                    return InvocationHandler.invokeDefault(proxy, method, arguments);
                }
                assertThat(method.getName()).isEqualTo("append");
                List<?> events = (List<?>) arguments[0];
                batches.add(events.size());
                long before = ids.size();
                events.forEach(event -> ids.add(((Event) event).id()));
                long counted = ids.size() - before;
                return new Store.Appended(counted, events.size() - counted, 0, 0, 0);
            });

    @Test
    void bulksAreTakenAsEventsInBoundedBatchesAndOnce() {
        List<Store.Bulk> bulks = List.of(new Store.Bulk(event("a"), 12_000), new Store.Bulk(event("b"), 3));
        assertThat(store.appendBulk(bulks)).isEqualTo(new Store.Appended(12_003, 0, 0, 0, 0));
        assertThat(store.appendBulk(bulks)).isEqualTo(new Store.Appended(0, 12_003, 0, 0, 0));
        assertThat(batches).containsExactly(10_000, 2_003, 10_000, 2_003);
        assertThat(store.appendBulk(List.of(new Store.Bulk(event("c"), 0)))).isEqualTo(Store.Appended.NONE);
        assertThatThrownBy(() -> new Store.Bulk(event("d"), -1)).hasMessageContaining("-1");
    }

    private static Event event(String id) {
        return new Event(
                id,
                Instant.EPOCH,
                "inventory",
                null,
                null,
                Event.Outcome.GOOD,
                null,
                Environment.PRODUCTION,
                null,
                null,
                null,
                1,
                false,
                null);
    }
}
