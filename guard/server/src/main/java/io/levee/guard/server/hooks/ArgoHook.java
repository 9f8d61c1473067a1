package io.levee.guard.server.hooks;

import io.levee.guard.server.gate.Asked;
import io.levee.guard.server.gate.GateService;
import io.levee.guard.server.gate.Told;
import io.levee.guard.slo.gate.Decision;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Input;
import io.levee.guard.web.Request;
import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import io.levee.guard.web.WebException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Argo Rollouts' web metric. Argo takes anything but 200 for an error, and aborts a healthy canary after five of them, so every
 * answer is 200: with decision pass or rollback, or something else, which is neither success nor failure and makes it wait.
 */
public final class ArgoHook {
    /** Where it is. */
    public static final String PATH = "/gate/argo";

    private final GateService gate;

    /**
     * A hook.
     *
     * @param gate who decides
     */
    public ArgoHook(GateService gate) {
        this.gate = gate;
    }

    /**
     * Adds the routes.
     *
     * @param routes where to
     */
    public void addTo(Routes routes) {
        routes.add("POST", PATH, Role.RELEASE, request -> decide(Input.of(request), request));
        routes.add("GET", PATH, Role.RELEASE, request -> decide(Input.of(queries(request)), request));
    }

    /**
     * What an error looks like to Argo.
     *
     * @param status what it would be otherwise
     * @param message what is wrong
     * @return 200, with the decision {@code error}
     */
    public static Answer error(int status, String message) {
        return Answer.json(Map.of("data", Map.of("decision", "error", "status", status, "reason", message)));
    }

    private static Map<String, String> queries(Request request) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String name : new String[] {"slo", "environment", "stage", "release"}) {
            String value = request.query(name);
            if (value != null) {
                fields.put(name, value);
            }
        }
        return fields;
    }

    private Answer decide(Input input, Request request) {
        input.known("slo", "environment", "stage", "release");
        if (input.has("environment") == input.has("stage")) {
            throw new WebException(400, "give 'environment': staging, canary or production");
        }
        String environment = input.text(input.has("stage") ? "stage" : "environment");
        Told told =
                gate.check(Asked.of(input.text("slo"), environment, input.text("release"), "argo", request.actor()));
        return Answer.json(Map.of("data", data(told)));
    }

    private static Map<String, @Nullable Object> data(Told told) {
        Decision decision = told.decision();
        Map<String, @Nullable Object> all = told.toMap();
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("decision", word(told));
        data.put("exitCode", told.answer().exitCode());
        data.put("reason", told.reason());
        data.put("slo", all.get("slo"));
        data.put("stage", all.get("environment"));
        data.put("release", all.get("release"));
        data.put("window", window(decision.budget().windowMs()));
        data.put("unit", all.get("unit"));
        data.put("consumedPct", all.get("consumedPercent"));
        data.put("limitPct", all.get("limitPercent"));
        data.put("consumedMs", all.get("consumedMs"));
        data.put("remainingMs", all.get("remainingMs"));
        data.put("bad", all.get("bad"));
        data.put("total", all.get("total"));
        data.put("minTotal", all.get("minimumTotal"));
        data.put("windowTotal", all.get("windowTotal"));
        data.put("approval", all.get("approval"));
        data.put("exemplars", all.get("traces"));
        data.put("asOf", all.get("asOf"));
        return data;
    }

    private static String window(long milliseconds) {
        Duration window = Duration.ofMillis(milliseconds);
        return window.toHours() % 24 == 0 ? window.toDays() + "d" : window.toHours() + "h";
    }

    private static String word(Told told) {
        return switch (told.answer()) {
            case ABORT -> "rollback";
            case PASS, PAUSE, REPORT, HOLD -> told.answer().toString();
        };
    }
}
