package io.levee.guard.review;

import io.levee.guard.store.Ledger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The impact reports that were attached in a month: what features were expected to cost. */
final class Features {
    private static final String KIND = "gate.report";

    private Features() {}

    static List<Map<String, @Nullable Object>> of(Month month, Ledger ledger) {
        List<Map<String, @Nullable Object>> features = new ArrayList<>();
        for (Ledger.Entry entry : ledger.read(Ledger.Query.of(KIND))) {
            if (month.contains(entry.at())) {
                Object report = entry.data().get("report");
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                map.put("release", entry.data().get("release"));
                map.put("slo", entry.slo());
                map.put("verdict", report instanceof Map<?, ?> fields ? fields.get("verdict") : null);
                map.put("by", entry.actor());
                map.put("at", entry.at().toString());
                map.put("report", report);
                features.add(map);
            }
        }
        return features;
    }
}
