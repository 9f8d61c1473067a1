package io.levee.lab.tune;

import io.levee.lab.storm.ClientResult;
import java.util.List;

/**
 * One policy that was tried. Immutable.
 *
 * @param number the number of the trial; 0 is the library's defaults
 * @param settings its settings, as the lines of a downstream's block in a policy file; those of the defaults are times alone
 * @param result what became of it in the storm
 */
public record Trial(int number, List<String> settings, ClientResult result) {
    static final int DEFAULTS = 0;

    /**
     * Copies the settings.
     *
     * @param number see above
     * @param settings see above
     * @param result see above
     */
    public Trial {
        settings = List.copyOf(settings);
    }

    boolean isDefaults() {
        return number == DEFAULTS;
    }

    /** At least as good in both, and better in one. */
    boolean beats(Trial other) {
        double more = result.successRate() - other.result.successRate();
        double less = other.result.amplification() - result.amplification();
        return more >= 0 && less >= 0 && (more > 0 || less > 0);
    }
}
