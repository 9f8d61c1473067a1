package io.levee.guard.slo.gate;

import io.levee.guard.slo.ErrorBudget;
import java.util.List;

/**
 * What the gate decides from. Immutable.
 *
 * @param budget of the objective's whole window, all releases together: what limits are percentages of
 * @param minutes the minutes in which the release had events: within the window, for a canary within its own time
 * @param traces some traces of the release's bad events, for who wants to see why
 */
public record Evidence(ErrorBudget budget, List<Minute> minutes, List<String> traces) {
    /** Copies the lists. */
    public Evidence {
        minutes = List.copyOf(minutes);
        traces = List.copyOf(traces);
    }
}
