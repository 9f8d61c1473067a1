package io.levee.lab.tune;

import io.levee.lab.storm.ClientResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a search found as the maps and lists that a JSON library writes. Numbers that there are none of are null. */
public final class TuneJson {
    private TuneJson() {}

    /**
     * The result, in the order of its fields.
     *
     * @param tuning what was found
     * @return maps, lists, numbers and texts
     */
    public static Map<String, Object> of(Tuning tuning) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("scenario", tuning.scenario().name());
        whole.put("seed", tuning.seed());
        whole.put("mostAmplification", tuning.mostAmplification());
        whole.put("trials", tuning.trials().size());
        whole.put("complete", tuning.complete());
        whole.put("withinBound", tuning.withinBound());
        whole.put("best", trial(tuning.best()));
        whole.put("defaults", trial(tuning.trials().get(0)));
        whole.put("front", tuning.front().stream().map(TuneJson::trial).toList());
        return whole;
    }

    private static Map<String, @Nullable Object> trial(Trial trial) {
        ClientResult result = trial.result();
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put("trial", trial.number());
        one.put("successRate", result.successRate());
        one.put("amplification", result.amplification());
        one.put("wastedShare", result.wastedShare());
        one.put("p99Ms", Double.isNaN(result.p99Ms()) ? null : (Double) result.p99Ms());
        one.put("recoverySeconds", result.recoverySeconds());
        one.put("settings", List.copyOf(trial.settings()));
        return one;
    }
}
