package io.levee.guard.browser;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counters of reports and of the failures in them, since the guard began. Bounded, thread-safe. */
final class Tallies {
    private static final int MOST_KINDS = 500;
    private static final int SHOWN = 50;

    private final Map<String, Long> reports = new TreeMap<>();
    /** What was seen longest ago is forgotten first: a stranger may make up names. */
    private final Map<Key, Long> failures = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Long> eldest) {
            return size() > MOST_KINDS;
        }
    };

    private record Key(
            String service,
            String kind,
            @Nullable String name,
            @Nullable String file,
            String page,
            @Nullable String release) {}

    /** One report, by what became of it. */
    synchronized void report(String result) {
        reports.merge(result, 1L, Long::sum);
    }

    synchronized void failures(String service, Report report) {
        for (Report.Failure each : report.failures()) {
            failures.merge(
                    new Key(service, each.kind(), each.name(), each.file(), report.page(), report.release()),
                    1L,
                    Long::sum);
        }
    }

    synchronized Map<String, Long> reports() {
        return Map.copyOf(reports);
    }

    /** The most frequent ones. */
    synchronized List<Map<String, @Nullable Object>> failures() {
        return failures.entrySet().stream()
                .sorted(Map.Entry.<Key, Long>comparingByValue(Comparator.reverseOrder()))
                .limit(SHOWN)
                .map(each -> {
                    Key key = each.getKey();
                    Map<String, @Nullable Object> map = new LinkedHashMap<>();
                    map.put("service", key.service());
                    map.put("kind", key.kind());
                    map.put("name", key.name());
                    map.put("file", key.file());
                    map.put("page", key.page());
                    map.put("release", key.release());
                    map.put("count", each.getValue());
                    return map;
                })
                .toList();
    }
}
