package io.levee.guard.views;

import io.levee.guard.slo.Exclusion;
import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What stands beside a budget: what is excluded, and what was promised when. */
final class Marks {
    private Marks() {}

    /** Each time that each exclusion applies, in order. */
    static List<Map<String, Object>> exclusions(Terms terms, TimeRange range) {
        List<Map<String, Object>> bands = new ArrayList<>();
        for (Exclusion exclusion : terms.exclusions()) {
            for (TimeRange band : exclusion.within(range)) {
                Map<String, Object> map = new LinkedHashMap<>();
                map.put("from", band.from().toString());
                map.put("to", band.to().toString());
                map.put("name", exclusion.name());
                map.put("author", exclusion.author());
                map.put("reason", exclusion.reason());
                bands.add(map);
            }
        }
        bands.sort(Comparator.comparing(band -> Instant.parse((String) band.get("from"))));
        return bands;
    }

    /** All changes of the target, the ones to come included. */
    static List<Map<String, Object>> targets(Terms terms) {
        List<Map<String, Object>> versions = new ArrayList<>();
        for (Terms.EarlierTarget earlier : terms.earlier()) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("until", earlier.until().toString());
            map.put("target", earlier.target().toString());
            map.put("author", earlier.author());
            map.put("reason", earlier.reason());
            versions.add(map);
        }
        return versions;
    }

    /** The changes of the target within a range. */
    static List<Map<String, Object>> changes(Terms terms, TimeRange range) {
        List<Map<String, Object>> changes = new ArrayList<>();
        for (Terms.EarlierTarget earlier : terms.earlier()) {
            Instant at = earlier.until();
            if (range.contains(at)) {
                Ratio next = terms.at(at).target();
                Map<String, Object> map = new LinkedHashMap<>();
                map.put("at", at.toString());
                map.put("from", earlier.target().toString());
                map.put("to", next.toString());
                map.put("author", earlier.author());
                map.put("reason", earlier.reason());
                changes.add(map);
            }
        }
        return changes;
    }
}
