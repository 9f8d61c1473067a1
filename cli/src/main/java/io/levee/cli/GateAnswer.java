package io.levee.cli;

import io.levee.guard.slo.gate.Environment;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a guard's gate answered, or what stands for its answer when there is none. */
record GateAnswer(JsonNode json) {
    static final int ABORT = 20;
    static final int UNREACHABLE = 50;

    /** What to do when the guard is away, which it cannot say itself. */
    enum Unreachable {
        /** Stop: exit code 50. */
        HOLD,
        /** Go on: exit code 0. */
        PASS;

        static Unreachable parse(String text) {
            return switch (text) {
                case "hold" -> HOLD;
                case "pass" -> PASS;
                default -> throw new IllegalArgumentException("'" + text + "' must be hold or pass");
            };
        }

        /** Staging goes on, since nobody depends on it and two more gates follow; the others stop. */
        static Unreachable of(@Nullable String stated, Environment environment) {
            return stated != null
                    ? Given.option("--unreachable", stated, Unreachable::parse)
                    : environment == Environment.STAGING ? PASS : HOLD;
        }

        @Override
        public String toString() {
            return this == HOLD ? "hold" : "pass";
        }
    }

    static GateAnswer ask(
            GuardClient guard, ObjectNode question, Environment environment, @Nullable String unreachable) {
        Unreachable rule = Unreachable.of(unreachable, environment);
        try {
            return new GateAnswer(guard.post("/api/v1/gate/check", question));
        } catch (GuardClient.Unreachable e) {
            ObjectNode json = Json.object();
            json.put("decision", "unreachable")
                    .put("exitCode", rule == Unreachable.PASS ? 0 : UNREACHABLE)
                    .put("reason", e.getMessage() + "; for " + environment + " --unreachable is " + rule);
            return new GateAnswer(json);
        }
    }

    int exitCode() {
        return json.path("exitCode").asInt(UNREACHABLE);
    }

    boolean isUnreachable() {
        return decision().equals("unreachable");
    }

    String decision() {
        return json.path("decision").asString("unreachable");
    }

    String reason() {
        return json.path("reason").asString("");
    }

    void print(PrintWriter out, boolean asJson) {
        if (asJson) {
            out.print(Json.line(json));
            return;
        }
        out.print(decision() + ": " + reason() + '\n');
        json.path("notes").forEach(note -> out.print("  " + note.asString() + '\n'));
        if (!json.path("traces").isEmpty()) {
            StringBuilder traces = new StringBuilder();
            json.path("traces")
                    .forEach(
                            trace -> traces.append(traces.isEmpty() ? "" : ", ").append(trace.asString()));
            out.print("  traces of failures: " + traces + '\n');
        }
        JsonNode approval = json.path("approval");
        if (approval.path("needed").asBoolean(false) && approval.path("by").isNull()) {
            out.print("  somebody with the lead role may approve: levee gate approve --slo "
                    + json.path("slo").asString("") + " --env "
                    + json.path("environment").asString("")
                    + " --release " + json.path("release").asString("") + " --reason TEXT\n");
        }
    }
}
