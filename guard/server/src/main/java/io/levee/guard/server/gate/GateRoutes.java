package io.levee.guard.server.gate;

import io.levee.guard.slo.Span;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.store.Ledger.Entry;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Input;
import io.levee.guard.web.Request;
import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import io.levee.guard.web.WebException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The gate, by HTTP, for people and pipelines. */
public final class GateRoutes {
    private static final Set<String> CALLERS = Set.of("cli", "watch", "console");
    private static final int MOST = 1_000;

    private final GateService gate;

    /**
     * Routes.
     *
     * @param gate who decides
     */
    public GateRoutes(GateService gate) {
        this.gate = gate;
    }

    /**
     * Adds them.
     *
     * @param routes where to
     */
    public void addTo(Routes routes) {
        routes.add("POST", "/api/v1/gate/check", Role.RELEASE, this::check);
        routes.add("POST", "/api/v1/gate/approve", Role.LEAD, this::approve);
        routes.add("POST", "/api/v1/gate/reports", Role.RELEASE, this::attach);
        routes.add("POST", "/api/v1/gate/rollback", Role.RELEASE, this::rollback);
        routes.add("GET", "/api/v1/gate/decisions", Role.VIEWER, this::decisions);
    }

    private Answer check(Request request) {
        Input input = Input.of(request).known("slo", "environment", "release", "unit", "minimum", "caller");
        String caller = input.has("caller") ? input.text("caller") : "cli";
        if (!CALLERS.contains(caller)) {
            throw new WebException(400, "'caller' must be cli, watch or console, is '" + caller + "'");
        }
        Told told = gate.check(new Asked(
                input.text("slo"),
                Asked.environment(input.text("environment")),
                input.text("release"),
                unit(input.textOrNull("unit")),
                input.wholeOrNull("minimum"),
                caller,
                request.actor()));
        Map<String, @Nullable Object> map = told.toMap();
        map.put("ledgerSeq", told.seq());
        return Answer.json(map);
    }

    private static GatePolicy.@Nullable Unit unit(@Nullable String text) {
        if (text == null) {
            return null;
        }
        for (GatePolicy.Unit unit : GatePolicy.Unit.values()) {
            if (unit.toString().equals(text)) {
                return unit;
            }
        }
        throw new WebException(400, "'unit' must be total or budget, is '" + text + "'");
    }

    private Answer approve(Request request) {
        Input input = Input.of(request).known("slo", "environment", "release", "reason", "for");
        String lasting = input.has("for") ? input.text("for") : "24h";
        Duration duration;
        try {
            duration = Span.parse(lasting).toDuration();
        } catch (IllegalArgumentException e) {
            throw new WebException(400, "'for': " + e.getMessage());
        }
        Entry entry = gate.approve(
                input.text("slo"),
                Asked.environment(input.text("environment")),
                input.text("release"),
                input.text("reason"),
                duration,
                request.actor());
        return Answer.json(201, map(entry));
    }

    private Answer attach(Request request) {
        Input input = Input.of(request).known("slo", "release", "report");
        return Answer.json(
                201, map(gate.attach(input.text("slo"), input.text("release"), input.map("report"), request.actor())));
    }

    private Answer rollback(Request request) {
        Input input = Input.of(request).known("slo", "environment", "release", "command", "exitCode", "output");
        Long exitCode = input.wholeOrNull("exitCode");
        if (exitCode == null) {
            throw new WebException(400, "'exitCode' is missing; it must be a whole number");
        }
        String output = input.textOrNull("output");
        return Answer.json(
                201,
                map(gate.rolledBack(
                        input.text("slo"),
                        Asked.environment(input.text("environment")),
                        input.text("release"),
                        input.text("command"),
                        exitCode,
                        output == null ? "" : output,
                        request.actor())));
    }

    private Answer decisions(Request request) {
        int most = 100;
        String asked = request.query("most");
        if (asked != null) {
            try {
                most = Integer.parseInt(asked);
            } catch (NumberFormatException e) {
                most = 0;
            }
            if (most < 1 || most > MOST) {
                throw new WebException(400, "'most' must be from 1 to " + MOST + ", is " + asked);
            }
        }
        List<Map<String, @Nullable Object>> entries =
                gate.list(request.query("slo"), request.query("release"), most).stream()
                        .map(GateRoutes::map)
                        .toList();
        return Answer.json(Map.of("entries", entries));
    }

    private static Map<String, @Nullable Object> map(Entry entry) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("seq", entry.seq());
        map.put("at", entry.at());
        map.put("kind", entry.kind());
        map.put("slo", entry.slo());
        map.put("actor", entry.actor());
        map.put("data", entry.data());
        return map;
    }
}
