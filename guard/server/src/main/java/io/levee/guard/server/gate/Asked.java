package io.levee.guard.server.gate;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.GatePolicy;
import io.levee.guard.web.WebException;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks the gate. Immutable.
 *
 * @param slo the objective's name
 * @param environment where the release runs
 * @param release which release
 * @param unit what limits are percentages of; null for what the document says
 * @param minimum how many events are enough; null for what the document says
 * @param caller in which way it is asked: cli, argo, flagger, github, watch
 * @param actor whose token it is
 */
public record Asked(
        String slo,
        Environment environment,
        String release,
        GatePolicy.@Nullable Unit unit,
        @Nullable Long minimum,
        String caller,
        String actor) {
    /**
     * With the document's own unit and minimum.
     *
     * @param slo the objective's name
     * @param environment staging, canary or production
     * @param release which release
     * @param caller in which way
     * @param actor whose token
     * @return the question
     * @throws WebException 400 for any other environment
     */
    public static Asked of(String slo, String environment, String release, String caller, String actor) {
        return new Asked(slo, environment(environment), release, null, null, caller, actor);
    }

    /**
     * Reads an environment.
     *
     * @param text staging, canary or production
     * @return the environment
     * @throws WebException 400 for any other
     */
    public static Environment environment(String text) {
        try {
            return Environment.parse(text);
        } catch (IllegalArgumentException e) {
            throw new WebException(400, "environment: " + e.getMessage());
        }
    }
}
