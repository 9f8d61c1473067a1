package io.levee.cli;

import io.levee.guard.slo.gate.Environment;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Which release of which objective the commands about a guard's gate are about. */
final class GateQuestion {
    @Option(names = "--slo", required = true, paramLabel = "NAME", description = "The objective's name.")
    @SuppressWarnings("NullAway.Init") // required
    private String slo;

    @Option(names = "--env", required = true, paramLabel = "ENV", description = "staging, canary or production.")
    @SuppressWarnings("NullAway.Init") // required
    private String environment;

    @Option(names = "--release", required = true, paramLabel = "ID", description = "Which release.")
    @SuppressWarnings("NullAway.Init") // required
    private String release;

    Environment environment() {
        return Given.option("--env", environment, Environment::parse);
    }

    String release() {
        return release;
    }

    String slo() {
        return slo;
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("slo", slo).put("environment", environment().toString()).put("release", release);
        return json;
    }
}
