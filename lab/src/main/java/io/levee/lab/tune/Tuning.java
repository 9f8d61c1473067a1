package io.levee.lab.tune;

import io.levee.lab.storm.Scenario;
import java.util.List;

/**
 * What a search found. Immutable.
 *
 * @param scenario the storm that all met
 * @param seed of the storm and of the search
 * @param mostAmplification the bound of the attempts for each call
 * @param trials all that was tried, in order; the first are the library's defaults
 * @param front of those that recover after the fault (of all, if none does) the ones that no other beats in success and
 *     amplification both, the most successful first
 * @param best of the front, the most successful within the bound; of those within a thousandth of it the one with the
 *     fewest attempts
 * @param withinBound false if nothing kept to the bound; then the best is the one with the fewest attempts
 * @param complete false if time was up before all trials were made
 */
public record Tuning(
        Scenario scenario,
        long seed,
        double mostAmplification,
        List<Trial> trials,
        List<Trial> front,
        Trial best,
        boolean withinBound,
        boolean complete) {
    /**
     * Copies the lists.
     *
     * @param scenario see above
     * @param seed see above
     * @param mostAmplification see above
     * @param trials see above
     * @param front see above
     * @param best see above
     * @param withinBound see above
     * @param complete see above
     */
    public Tuning {
        trials = List.copyOf(trials);
        front = List.copyOf(front);
    }
}
