package io.levee.guard.server.hooks;

import io.levee.guard.server.gate.Asked;
import io.levee.guard.server.gate.GateService;
import io.levee.guard.server.gate.Told;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Input;
import io.levee.guard.web.Request;
import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import io.levee.guard.web.WebException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Flagger's webhooks. Flagger reads the status alone: 200 is yes, and 403 with a line of text is no, whatever the cause, since it
 * takes 429 and 5xx for passing troubles and throws their text away. The hook for roll-backs is the other way round: 200 rolls
 * back.
 */
public final class FlaggerHook {
    /** Where they are. */
    public static final String PATH = "/gate/flagger/";

    private static final int REMEMBERED = 10_000;
    private static final List<String> ASKING =
            List.of("confirm-rollout", "confirm-traffic-increase", "confirm-promotion", "rollout", "rollback");

    private final GateService gate;
    private final InstantSource clock;
    /** Flagger tells of each step; the curve needs each phase once. */
    private final Set<String> marked = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }));

    /**
     * Hooks.
     *
     * @param gate who decides
     * @param clock wall time
     */
    public FlaggerHook(GateService gate, InstantSource clock) {
        this.gate = gate;
        this.clock = clock;
    }

    /**
     * Adds the routes.
     *
     * @param routes where to
     */
    public void addTo(Routes routes) {
        routes.add("POST", PATH + "{hook}", Role.RELEASE, request -> {
            String hook = request.part("hook");
            if (hook.equals("event")) {
                return event(request);
            }
            if (!ASKING.contains(hook)) {
                throw new WebException(404, "there is no hook '" + hook + "'; known are " + ASKING + " and event");
            }
            return ask(hook, request);
        });
    }

    /**
     * What an error looks like to Flagger.
     *
     * @param status what it would be otherwise
     * @param message what is wrong
     * @return 403 with a line of text
     */
    public static Answer error(int status, String message) {
        return text(403, "error " + status + ": " + message);
    }

    private Answer ask(String hook, Request request) {
        Input metadata = Input.of(request).object("metadata");
        boolean rollback = hook.equals("rollback");
        List<String> reasons = new ArrayList<>();
        boolean all = true;
        boolean any = false;
        for (String slo : metadata.text("slo").split(",", -1)) {
            Told told = gate.check(
                    Asked.of(slo.strip(), environment(hook, metadata), release(metadata), "flagger", request.actor()));
            all &= told.answer() == io.levee.guard.slo.gate.Answer.PASS;
            any |= told.answer() == io.levee.guard.slo.gate.Answer.ABORT;
            reasons.add(told.answer() + ": " + told.reason());
        }
        return text((rollback ? any : all) ? 200 : 403, String.join("; ", reasons));
    }

    private static String environment(String hook, Input metadata) {
        String stated = metadata.textOrNull("environment");
        return stated != null ? stated : hook.equals("confirm-rollout") ? "staging" : "canary";
    }

    private static String release(Input metadata) {
        if (!metadata.has("release")) {
            throw new WebException(
                    400, "'metadata.release' is missing; give the release as events name it, such as the image's tag");
        }
        return metadata.text("release");
    }

    private Answer event(Request request) {
        Input body = Input.of(request);
        Input metadata = body.object("metadata");
        String phase = body.textOrNull("phase");
        String event = phase == null ? null : event(phase);
        String release = metadata.has("release") ? metadata.text("release") : body.textOrNull("checksum");
        if (event == null || release == null) {
            return text(200, "not marked");
        }
        String slo = metadata.textOrNull("slo");
        String service = slo == null
                ? body.text("name")
                : gate.slo(slo.split(",", -1)[0].strip()).service();
        String once = body.textOrNull("namespace") + "/" + body.textOrNull("name") + "/" + body.textOrNull("checksum")
                + "/" + release + "/" + phase;
        if (!marked.add(once)) {
            return text(200, "marked already");
        }
        Environment environment = Asked.environment(environment("event", metadata));
        gate.mark(service, release, environment, event, at(metadata.textOrNull("timestamp")), request.actor());
        return text(200, "marked");
    }

    private static @Nullable String event(String phase) {
        return switch (phase) {
            case "Progressing" -> "deploy";
            case "Succeeded" -> "promoted";
            case "Failed" -> "rollback";
            default -> null;
        };
    }

    private Instant at(@Nullable String milliseconds) {
        try {
            return milliseconds == null ? clock.instant() : Instant.ofEpochMilli(Long.parseLong(milliseconds));
        } catch (NumberFormatException e) {
            throw new WebException(
                    400, "'metadata.timestamp' must be milliseconds since 1970, is '" + milliseconds + "'");
        }
    }

    private static Answer text(int status, String line) {
        return Answer.of(
                status, "text/plain; charset=utf-8", (line.replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
