package io.levee.lab.storm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A storm's result as the maps and lists that a JSON library writes. Numbers that there are none of are null. */
public final class StormJson {
    private StormJson() {}

    /**
     * The result, in the order of its fields.
     *
     * @param result what became of the clients
     * @param withSeries whether each client's figures of every second are wanted
     * @return maps, lists, numbers and texts
     */
    public static Map<String, Object> of(StormResult result, boolean withSeries) {
        List<Map<String, @Nullable Object>> clients = new ArrayList<>();
        for (ClientResult client : result.clients()) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("client", client.client());
            one.put("calls", client.calls());
            one.put("succeeded", client.succeeded());
            one.put("successRate", client.successRate());
            one.put("attempts", client.attempts());
            one.put("amplification", client.amplification());
            one.put("peakAmplification", client.peakAmplification());
            one.put("wastedShare", client.wastedShare());
            one.put("p50Ms", number(client.p50Ms()));
            one.put("p99Ms", number(client.p99Ms()));
            one.put("recoverySeconds", client.recoverySeconds());
            one.put("goodputAfter", number(client.goodputAfter()));
            one.put("attemptsPerClient", number(client.attemptsPerClient()));
            one.put("doneSeconds", client.doneSeconds());
            one.put("herdPeakToMean", client.herdPeakToMean());
            if (withSeries) {
                one.put("series", series(client.series()));
            }
            clients.add(one);
        }
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("scenario", result.scenario().name());
        whole.put("seed", result.seed());
        whole.put("clients", clients);
        return whole;
    }

    private static Map<String, Object> series(Series series) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("calls", series.calls());
        one.put("attempts", series.attempts());
        one.put("succeeded", series.succeeded());
        one.put("goodput", series.goodput());
        one.put("p50Ms", numbers(series.p50Ms()));
        one.put("p99Ms", numbers(series.p99Ms()));
        return one;
    }

    private static @Nullable Double number(double value) {
        return Double.isNaN(value) ? null : (Double) value;
    }

    private static List<@Nullable Double> numbers(double[] values) {
        List<@Nullable Double> list = new ArrayList<>(values.length);
        for (double value : values) {
            list.add(number(value));
        }
        return list;
    }
}
