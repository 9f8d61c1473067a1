package io.levee.guard.server;

import io.levee.guard.web.Answer;
import io.levee.guard.web.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether the guard is well, and what it answers. */
final class OwnRoutes {
    private static final Duration STALE = Duration.ofSeconds(15);

    private final InstantSource clock;
    private final Supplier<Instant> lastTick;
    private final Supplier<Boolean> leads;
    private final Supplier<Integer> problems;

    /** The last tick is that which went through: when the store fails, the guard is not ready. */
    OwnRoutes(InstantSource clock, Supplier<Instant> lastTick, Supplier<Boolean> leads, Supplier<Integer> problems) {
        this.clock = clock;
        this.lastTick = lastTick;
        this.leads = leads;
        this.problems = problems;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/healthz", null, request -> Answer.json(Map.of("ok", true)));
        routes.add("GET", "/readyz", null, request -> ready());
        byte[] openApi = resource("openapi.json");
        routes.add("GET", "/openapi.json", null, request -> Answer.of(200, "application/json", openApi));
    }

    private Answer ready() {
        Instant last = lastTick.get();
        boolean ready = Duration.between(last, clock.instant()).compareTo(STALE) < 0;
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("ready", ready);
        map.put("storeAnsweredAt", last);
        map.put("leads", leads.get());
        map.put("sloProblems", problems.get());
        return Answer.json(ready ? 200 : 503, map);
    }

    private static byte[] resource(String name) {
        try (InputStream in = OwnRoutes.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing in the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
