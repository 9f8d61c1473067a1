package io.levee.guard.console;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the API says of a shop's SLOs, in the shapes of the guard's API, with figures that belong together. */
final class Shop {
    static final long WINDOW_MS = Duration.ofDays(28).toMillis();
    private static final String[][] SERVICES = {
        {"order", "submit", "Order submit"},
        {"order", "history", "Order history"},
        {"payment", "authorize", "Payment authorisation"},
        {"payment", "refund", "Refunds"},
        {"inventory", "stock", "Stock lookup"},
        {"inventory", "reserve", "Stock reservation"},
        {"fulfilment", "dispatch", "Dispatch"},
        {"search", "query", "Search"},
        {"search", "suggest", "Suggestions"},
        {"account", "login", "Login"},
        {"account", "profile", "Profile"},
        {"mail", "receipt", "Receipts"},
    };
    /** Used share of the budget, in percent, and burn rate, of each of the above. */
    private static final double[][] SPENT = {
        {81.37, 46.9},
        {12.4, 0.31},
        {64.8, 3.1},
        {23.1, 0.8},
        {104.2, 1.2},
        {35.7, 0.9},
        {48.9, 0.6},
        {9.2, 0.12},
        {3.3, 0.05},
        {18.6, 0.4},
        {0, 0},
        {0, 0}
    };

    private final Instant now;

    Shop(Instant now) {
        this.now = now;
    }

    Map<String, @Nullable Object> slos() {
        return slos(SERVICES.length);
    }

    /** As many as are asked for: the shop's own first, then quiet ones. */
    Map<String, @Nullable Object> slos(int count) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("at", now.toString());
        map.put("slos", IntStream.range(0, count).mapToObj(this::slo).toList());
        map.put("problems", List.of());
        return map;
    }

    Map<String, @Nullable Object> slo(int i) {
        boolean own = i < SERVICES.length;
        String[] names = own
                ? SERVICES[i]
                : new String[] {"service-" + i / 8, "endpoint-" + i, "Endpoint " + i + " of a service"};
        double[] figures = own ? SPENT[i] : new double[] {(i * 37) % 70, ((i * 13) % 90) / 100.0};
        boolean silent = own && names[0].equals("mail");
        boolean few = own && names[1].equals("profile");
        long total = silent ? 0 : few ? 840 : 10_000_000 - i * 1_310L;
        double allowed = own && names[0].equals("search") ? 0.01 : 0.0005;
        double budget = total * allowed;
        long bad = Math.round(budget * figures[0] / 100);
        boolean known = !silent && !few;
        double leftPercent = known ? 100 - 100.0 * bad / budget : 0;
        double budgetMs = WINDOW_MS * allowed;
        Map<String, @Nullable Object> slo = new LinkedHashMap<>();
        slo.put("name", names[0] + "_" + names[1]);
        slo.put("displayName", names[2]);
        slo.put("service", names[0]);
        slo.put(
                "description",
                own ? "Calls of " + names[2].toLowerCase(java.util.Locale.ROOT) + " that end well." : "");
        slo.put("target", allowed == 0.01 ? "0.99" : "0.9995");
        slo.put("targetPercent", 100 - allowed * 100);
        slo.put("window", "28d");
        slo.put("method", "Occurrences");
        slo.put("state", silent ? "NO_DATA" : few ? "TOO_FEW" : leftPercent <= 0 ? "EXHAUSTED" : "LEFT");
        slo.put("total", total);
        slo.put("bad", bad);
        slo.put("degraded", own ? bad / 3 : 0L);
        slo.put("attempts", total + bad * 5);
        slo.put("savedByRetry", bad * 2);
        slo.put("goodPercent", known ? 100.0 - 100.0 * bad / total : null);
        slo.put("budgetEvents", known ? budget : null);
        slo.put("usedEvents", known ? bad : null);
        slo.put("leftEvents", known ? budget - bad : null);
        slo.put("usedPercent", known ? 100 - leftPercent : null);
        slo.put("leftPercent", known ? leftPercent : null);
        slo.put("budgetMs", known ? budgetMs : null);
        slo.put("usedMs", known ? budgetMs * (100 - leftPercent) / 100 : null);
        slo.put("leftMs", known ? budgetMs * leftPercent / 100 : null);
        slo.put("windowMs", WINDOW_MS);
        slo.put("burnRate1h", known ? figures[1] : null);
        slo.put("burnRate6h", known ? figures[1] / 3 : null);
        slo.put("burnRate3d", known ? figures[1] / 9 : null);
        slo.put(
                "exhaustedInMs",
                known && figures[1] > 1 && leftPercent > 0
                        ? (long) (WINDOW_MS * leftPercent / 100 / figures[1])
                        : null);
        slo.put("burn", known ? burn(figures[1]) : List.of());
        slo.put("severity", figures[1] > 13.44 ? "page" : figures[1] > 2.8 ? "ticket" : "ok");
        slo.put("lastEvent", silent ? null : now.minusSeconds(2).toString());
        slo.put("advice", i == 0 ? "0.018 % of all events spent in 2 h: pause the A/B test checkout-b." : null);
        return slo;
    }

    private static List<Map<String, @Nullable Object>> burn(double rate) {
        return List.of(
                rule("page-1h", "1h", "5m", 13.44, rate, rate * 1.1),
                rule("page-6h", "6h", "30m", 5.6, rate / 3, rate * 1.05),
                rule("ticket-1d", "1d", "2h", 2.8, rate / 6, rate),
                rule("ticket-3d", "3d", "6h", 0.933, rate / 9, rate / 3));
    }

    private static Map<String, @Nullable Object> rule(
            String name, String longer, String shorter, double threshold, double longRate, double shortRate) {
        Map<String, @Nullable Object> rule = new LinkedHashMap<>();
        rule.put("rule", name);
        rule.put("long", longer);
        rule.put("short", shorter);
        rule.put("threshold", threshold);
        rule.put("longBurnRate", longRate);
        rule.put("shortBurnRate", shortRate);
        rule.put("firing", longRate > threshold && shortRate > threshold);
        return rule;
    }

    private int index(String name) {
        for (int i = 0; i < SERVICES.length; i++) {
            if (name.equals(SERVICES[i][0] + "_" + SERVICES[i][1])) {
                return i;
            }
        }
        return -1;
    }

    /** Null if there is none of this name. */
    @Nullable
    Map<String, @Nullable Object> detail(String name) {
        int i = index(name);
        if (i < 0) {
            return null;
        }
        Map<String, @Nullable Object> slo = slo(i);
        Map<String, @Nullable Object> explain = new LinkedHashMap<>();
        long total = (long) slo.get("total");
        long bad = (long) slo.get("bad");
        explain.put("counts", Map.of("good", total - bad, "bad", bad, "degraded", slo.get("degraded")));
        explain.put("versions", List.of());
        explain.put("exclusions", List.of(exclusion()));
        explain.put("leftMsWithExcluded", slo.get("leftMs") == null ? null : (double) slo.get("leftMs") - 41_337);
        explain.put("noData", "exclude");
        explain.put("minimumTotal", 5_990);
        explain.put("formula", "1 − bad / (total × (1 − target)) = 1 − " + bad + " / (" + total + " × 0.0005)");
        slo.put("explain", explain);
        slo.put(
                "targets",
                List.of(Map.of(
                        "until",
                        at(12, 9).toString(),
                        "target",
                        "0.999",
                        "author",
                        "Review 2026-10",
                        "reason",
                        "Four of five roles voted for more")));
        slo.put(
                "indicator",
                Map.of("ratioMetric", Map.of("counter", true, "bad", Map.of("route", "/orders", "status", "5xx"))));
        return slo;
    }

    /** So many days ago, at the hour. A day begins at three in the morning, so that what happened at two has happened. */
    Instant at(int daysAgo, int hour) {
        Instant today = now.minus(Duration.ofHours(3)).truncatedTo(ChronoUnit.DAYS);
        return today.minus(Duration.ofDays(daysAgo)).plus(Duration.ofHours(hour));
    }

    private Map<String, @Nullable Object> exclusion() {
        return Map.of(
                "name", "Database move",
                "from", at(19, 22).toString(),
                "to", at(18, 4).toString(),
                "author", "Ines",
                "reason", "Announced maintenance, agreed with product");
    }

    Map<String, @Nullable Object> curve(String name, Instant from, Instant to, int points) {
        int i = Math.max(0, index(name));
        double used = SPENT[i][0];
        long step = Math.max(1, Duration.between(from, to).toMillis() / Math.max(1, points - 1));
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        boolean known = !name.startsWith("mail") && !name.equals("account_profile");
        for (int p = 0; p < points; p++) {
            Instant t = from.plusMillis(step * p);
            double left = 100
                    - 0.3 * used * share(t, at(28, 0), now)
                    - burst(t, at(22, 14), 0.2 * used)
                    - burst(t, at(9, 11), 0.15 * used)
                    - burst(t, at(0, 2).plusSeconds(1_080), 0.35 * used)
                    + 0.1 * used * share(t, at(8, 0), at(4, 0));
            long bad = near(t, at(22, 14), step)
                    ? 2_600
                    : near(t, at(9, 11), step)
                            ? 840
                            : near(t, at(0, 2).plusSeconds(1_080), step) ? 4_700 : (p * 7) % 11;
            Map<String, @Nullable Object> point = new LinkedHashMap<>();
            point.put("t", t.toString());
            point.put("leftPercent", known ? left : null);
            point.put("leftMs", known ? 1_209_600 * left / 100 : null);
            point.put(
                    "leftMsWithExcluded", known ? 1_209_600 * left / 100 - (t.isAfter(at(18, 4)) ? 41_337 : 0) : null);
            point.put("total", known ? 10_000_000 : 0);
            point.put("bad", known ? Math.round((100 - left) * 50) : 0);
            point.put("degraded", known ? 311 : 0);
            point.put("stepTotal", known ? 29_761 : 0);
            point.put("stepBad", known ? bad : 0);
            point.put("stepDegraded", known ? bad / 3 : 0);
            point.put("attempts", 29_761 + bad * 3);
            point.put("targetPercent", t.isBefore(at(12, 9)) ? 99.9 : 99.95);
            list.add(point);
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("from", from.toString());
        map.put("to", to.toString());
        map.put("stepMs", step);
        map.put("points", list);
        map.put("exclusions", in(from, to, List.of(exclusion()), "from"));
        map.put("releases", in(from, to, releases(), "at"));
        map.put(
                "targets",
                in(
                        from,
                        to,
                        List.of(Map.of(
                                "at",
                                at(12, 9).toString(),
                                "from",
                                "0.999",
                                "to",
                                "0.9995",
                                "author",
                                "Review 2026-10",
                                "reason",
                                "Four of five roles voted for it")),
                        "at"));
        map.put("incidents", in(from, to, known ? incidents(name) : List.of(), "peakAt"));
        return map;
    }

    private static List<Map<String, @Nullable Object>> in(
            Instant from, Instant to, List<Map<String, @Nullable Object>> all, String field) {
        return all.stream()
                .filter(one -> {
                    Instant at = Instant.parse((String) one.get(field));
                    return !at.isBefore(from) && !at.isAfter(to);
                })
                .toList();
    }

    private static double share(Instant t, Instant from, Instant to) {
        double whole = Duration.between(from, to).toMillis();
        return Math.min(1, Math.max(0, Duration.between(from, t).toMillis() / whole));
    }

    private static double burst(Instant t, Instant at, double cost) {
        return cost * share(t, at, at.plus(Duration.ofHours(2)));
    }

    private static boolean near(Instant t, Instant at, long step) {
        return Math.abs(Duration.between(at, t).toMillis()) < step;
    }

    private List<Map<String, @Nullable Object>> releases() {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (int day = 26, n = 1; day >= 0; day -= 3, n++) {
            list.add(Map.of(
                    "at",
                    at(day, 10).toString(),
                    "release",
                    "2026.11." + n,
                    "environment",
                    "production",
                    "event",
                    "deploy"));
        }
        list.add(Map.of(
                "at",
                at(0, 1).plusSeconds(3_360).toString(),
                "release",
                "2026.11.10",
                "environment",
                "canary",
                "event",
                "deploy"));
        return list;
    }

    List<Map<String, @Nullable Object>> incidents(String slo) {
        return List.of(
                incident(slo, at(22, 14), 2_600, "ticket-1d", 4.1),
                incident(slo, at(9, 11), 840, "page-6h", 7.4),
                incident(slo, at(0, 2).plusSeconds(1_080), 4_700, "page-1h", 940));
    }

    private static Map<String, @Nullable Object> incident(
            String slo, Instant from, long bad, String rule, double peak) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", slo + "-" + from.getEpochSecond() / 60);
        map.put("slo", slo);
        map.put("from", from.toString());
        map.put("to", from.plus(Duration.ofMinutes(14)).toString());
        map.put("peakAt", from.plus(Duration.ofMinutes(3)).toString());
        map.put("peakBurnRate", peak);
        map.put("bad", bad);
        map.put("degraded", bad / 3);
        map.put("total", bad * 2 + 311);
        map.put("spentMs", bad * 241.92);
        map.put("spentPercent", bad * 241.92 / 1_209_600 * 100);
        map.put("rule", rule);
        return map;
    }

    @Nullable
    Map<String, @Nullable Object> incident(String slo, String id) {
        for (Map<String, @Nullable Object> found : incidents(slo)) {
            if (id.equals(found.get("id"))) {
                Map<String, @Nullable Object> map = new LinkedHashMap<>(found);
                Instant from = Instant.parse((String) found.get("from"));
                long bad = (long) found.get("bad");
                map.put(
                        "minutes",
                        IntStream.range(0, 20)
                                .mapToObj(m -> Map.of(
                                        "t",
                                        from.plus(Duration.ofMinutes(m - 3)).toString(),
                                        "total",
                                        bad / 7,
                                        "bad",
                                        m < 3 || m > 16 ? m % 3 : bad / 14 + (m * 37) % 50,
                                        "degraded",
                                        m < 3 || m > 16 ? 0 : bad / 40))
                                .toList());
                map.put(
                        "traces",
                        IntStream.range(0, 5).mapToObj(t -> trace(from, t)).toList());
                map.put("retries", 5_213);
                map.put("releases", List.of(releases().get(releases().size() - 1)));
                map.put(
                        "decisions",
                        IntStream.range(0, 3)
                                .mapToObj(
                                        d -> Map.of(
                                                "t",
                                                from.plusSeconds(20 + d * 7L).toString(),
                                                "traceId",
                                                "4bf92f3577b34da6a3ce929d0e0e47" + (30 + d),
                                                "url",
                                                "https://jaeger.example/trace/4bf92f3577b34da6a3ce929d0e0e47"
                                                        + (30 + d),
                                                "rule",
                                                d == 2 ? "retry-budget" : "not-idempotent",
                                                "text",
                                                d == 2
                                                        ? "no token: 0.0 of 10.0 left, a retry costs 1.0"
                                                        : "attempt 0 was sent without an answer, and the call is not idempotent"))
                                .toList());
                map.put("actions", List.of(action("action.fired", 71, from.plusSeconds(260))));
                return map;
            }
        }
        return null;
    }

    private static Map<String, @Nullable Object> trace(Instant from, int t) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", "4bf92f3577b34da6a3ce929d0e0e47" + (30 + t));
        map.put("time", from.plusSeconds(20 + t * 7L).toString());
        map.put("outcome", t == 3 ? "DEGRADED" : "BAD");
        map.put("durationMs", 3_000 - t * 310);
        map.put("release", "2026.11.10");
        map.put("businessEvent", t % 2 == 0 ? "checkout" : null);
        map.put("url", "https://jaeger.example/trace/4bf92f3577b34da6a3ce929d0e0e47" + (30 + t));
        return map;
    }

    Map<String, @Nullable Object> heatmap(Instant from, Instant to, Duration step) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        int cells = (int) (Duration.between(from, to).toMillis() / step.toMillis());
        for (int s = 0; s < SERVICES.length; s++) {
            List<@Nullable Object> row = new ArrayList<>();
            for (int c = 0; c < cells; c++) {
                int seed = (s * 31 + c * 17) % 23;
                double spent = c == cells - 1 && s < 4 ? 34 - s * 9 : seed == 3 ? 7.5 - s * 0.4 : seed % 7 * 0.13;
                row.add(
                        SERVICES[s][0].equals("mail")
                                ? null
                                : Map.of(
                                        "t",
                                        from.plus(step.multipliedBy(c)).toString(),
                                        "spentMs",
                                        spent * 12_096,
                                        "spentPercent",
                                        spent,
                                        "total",
                                        29_761,
                                        "bad",
                                        Math.round(spent * 50)));
            }
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            map.put("service", SERVICES[s][0]);
            map.put("slo", SERVICES[s][0] + "_" + SERVICES[s][1]);
            map.put("cells", row);
            rows.add(map);
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("from", from.toString());
        map.put("to", to.toString());
        map.put("stepMs", step.toMillis());
        map.put("rows", rows);
        return map;
    }

    List<Map<String, @Nullable Object>> decisions() {
        return List.of(
                decision(
                        12,
                        "production",
                        "2026.11.10",
                        "report",
                        0,
                        0,
                        "production takes no new errors without an SLO impact report"),
                decision(
                        11,
                        "canary",
                        "2026.11.10",
                        "abort",
                        0.0071,
                        0.005,
                        "canary used 0.0071 % of the total, limit 0.005 %"),
                decision(
                        10,
                        "staging",
                        "2026.11.10",
                        "pause",
                        0.026,
                        0.02,
                        "staging used 0.026 % of the total, limit 0.02 %"),
                entry(
                        9,
                        "gate.approval",
                        "lead-ines",
                        Map.of(
                                "environment",
                                "staging",
                                "release",
                                "2026.11.9",
                                "reason",
                                "The errors are those of the load test",
                                "until",
                                now.plusSeconds(50_000).toString())),
                decision(
                        8,
                        "staging",
                        "2026.11.9",
                        "pause",
                        0.021,
                        0.02,
                        "staging used 0.021 % of the total, limit 0.02 %"),
                decision(
                        7, "canary", "2026.11.8", "hold", 0, 0.005, "311 events of the release, at least 5,990 needed"),
                decision(
                        6,
                        "canary",
                        "2026.11.8",
                        "pass",
                        0.0004,
                        0.005,
                        "canary used 0.0004 % of the total, limit 0.005 %"));
    }

    private Map<String, @Nullable Object> decision(
            long seq, String environment, String release, String answer, double used, double limit, String reason) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("decision", answer);
        data.put("reason", reason);
        data.put("notes", List.of("The stable side failed 12 times in the same minutes."));
        data.put("slo", "order_submit");
        data.put("environment", environment);
        data.put("release", release);
        data.put("unit", "total");
        data.put("consumedPercent", used);
        data.put("limitPercent", limit);
        data.put("consumedEvents", used * 100_000);
        data.put("limitEvents", limit * 100_000);
        data.put("consumedMs", used * 24_192_000);
        data.put("remainingMs", 412_300);
        data.put("total", 84_320);
        data.put("bad", Math.round(used * 100_000));
        data.put("degraded", 3);
        data.put("stableTotal", 904_000);
        data.put("stableBad", 12);
        data.put("minimumTotal", 5_990);
        data.put("windowTotal", 10_000_000);
        data.put("traces", List.of("4bf92f3577b34da6a3ce929d0e0e4736"));
        data.put("caller", answer.equals("abort") ? "argo" : "cli");
        return entry(seq, "gate.decision", "ci", data);
    }

    Map<String, @Nullable Object> entry(long seq, String kind, String actor, Map<String, @Nullable Object> data) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("seq", seq);
        map.put("at", now.minusSeconds(4_000 - seq * 240).toString());
        map.put("kind", kind);
        map.put("slo", "order_submit");
        map.put("actor", actor);
        map.put("data", data);
        return map;
    }

    Map<String, @Nullable Object> actions() {
        Map<String, @Nullable Object> shift = rule(
                "shift-reads",
                "order_submit",
                "burn rate of 5 min above 13.44",
                "signal weights.stock = replica 0.8",
                "firing");
        shift.put("until", now.plusSeconds(1_500).toString());
        return Map.of(
                "rules",
                List.of(
                        shift,
                        rule("pause-ab-test", "order_submit", "0.02 % spent in 2 h", "webhook ab-tests", "cooling"),
                        rule(
                                "page-the-owner",
                                "payment_authorize",
                                "less than 20 % left",
                                "command notify.sh",
                                "armed")),
                "entries",
                List.of(
                        action("action.fired", 71, now.minusSeconds(300)),
                        action("action.dry", 70, now.minusSeconds(4_000)),
                        action("action.expired", 69, now.minusSeconds(90_000)),
                        action("action.fired", 68, now.minusSeconds(93_000))));
    }

    private static Map<String, @Nullable Object> rule(String name, String slo, String when, String then, String state) {
        Map<String, @Nullable Object> rule = new LinkedHashMap<>();
        rule.put("name", name);
        rule.put("slo", slo);
        rule.put("when", when);
        rule.put("then", then);
        rule.put("state", state);
        rule.put("dryRun", name.startsWith("pause"));
        rule.put("until", null);
        return rule;
    }

    private static Map<String, @Nullable Object> action(String kind, long seq, Instant at) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("rule", kind.equals("action.dry") ? "pause-ab-test" : "shift-reads");
        data.put("action", kind.equals("action.dry") ? "webhook" : "signal");
        data.put("target", kind.equals("action.dry") ? "ab-tests" : "weights.stock");
        data.put("value", kind.equals("action.dry") ? null : "replica 0.8");
        data.put("reason", "burn rate of 5 min is 51.2, limit 13.44: 611 bad of 23,880");
        data.put("id", "a-" + (seq == 69 ? 68 : seq));
        data.put("until", at.plusSeconds(1_800).toString());
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("seq", seq);
        map.put("at", at.toString());
        map.put("kind", kind);
        map.put("slo", "order_submit");
        map.put("actor", "guard");
        map.put("data", data);
        return map;
    }

    Map<String, @Nullable Object> review(String month) {
        List<Map<String, @Nullable Object>> week = trend(99.965, 0.03);
        List<Map<String, @Nullable Object>> four = trend(99.958, 0.008);
        Map<String, @Nullable Object> proposal = new LinkedHashMap<>();
        proposal.put("id", "p-1");
        proposal.put("from", "0.9995");
        proposal.put("to", "0.9997");
        proposal.put("reason", "Half of the budget stays unused, and customers still complain about slow checkouts.");
        proposal.put("by", "ines");
        proposal.put(
                "votes",
                List.of(
                        vote("product", "yes", "Checkout is what we are paid for"),
                                vote("sre", "yes", "We have kept it for three months"),
                        vote("support", "yes", "312 tickets say so"),
                                vote("development", "no", "The next release needs room")));
        proposal.put("result", null);
        proposal.put("diff", "-      target: 0.9995\n+      target: 0.9997\n");
        return Map.of(
                "month",
                month,
                "slos",
                List.of(with(
                        Map.of(
                                "total",
                                10_400_000,
                                "goodPercent",
                                99.9758,
                                "spentMs",
                                627_087,
                                "window",
                                "28d",
                                "leftPercent",
                                48.16,
                                "leftMs",
                                582_513),
                        "slo",
                        "order_submit",
                        "target",
                        "0.9995",
                        "trend7d",
                        week,
                        "trend28d",
                        four,
                        "spentByCause",
                        List.of(
                                cause("release 2026.11.10", 372_557),
                                cause("payment timeouts", 200_793),
                                cause("database move", 41_337),
                                cause("no cause known", 12_400)),
                        "tickets",
                        Map.of(
                                "total",
                                412,
                                "clusters",
                                List.of(
                                        Map.of(
                                                "label",
                                                "Checkout hangs",
                                                "count",
                                                187,
                                                "sample",
                                                List.of(
                                                        "The button turns and nothing happens",
                                                        "I have waited for ten minutes"),
                                                "ticketsInIncidents",
                                                143,
                                                "incidents",
                                                List.of(incidents("order_submit")
                                                        .get(2)
                                                        .get("id"))),
                                        Map.of(
                                                "label",
                                                "Payment fails",
                                                "count",
                                                96,
                                                "sample",
                                                List.of("Paid twice, and no order"),
                                                "ticketsInIncidents",
                                                71))),
                        "proposals",
                        List.of(proposal))),
                "features",
                List.of(Map.of(
                        "release",
                        "2026.12.1",
                        "slo",
                        "order_submit",
                        "verdict",
                        "fits",
                        "report",
                        Map.of("extraPercentOfBudget", 3.2, "description", "One-click checkout"))));
    }

    private static Map<String, @Nullable Object> cause(String name, long spentMs) {
        return Map.of(
                "cause",
                name,
                "because",
                "nothing later before the incident's peak",
                "spentMs",
                spentMs,
                "spentEvents",
                spentMs / 100,
                "sharePercent",
                spentMs / 6_270.87,
                "incidents",
                List.of());
    }

    /** More than {@link Map#of} takes at once. */
    private static Map<String, @Nullable Object> with(Map<String, ?> some, Object... more) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>(some);
        for (int i = 0; i < more.length; i += 2) {
            map.put((String) more[i], more[i + 1]);
        }
        return map;
    }

    private Map<String, @Nullable Object> vote(String role, String vote, String reason) {
        return Map.of(
                "role",
                role,
                "vote",
                vote,
                "reason",
                reason,
                "by",
                role + "-1",
                "at",
                at(1, 15).toString());
    }

    private List<Map<String, @Nullable Object>> trend(double middle, double swing) {
        return IntStream.range(0, 28)
                .mapToObj(day -> {
                    Map<String, @Nullable Object> point = new LinkedHashMap<>();
                    point.put("t", at(28 - day, 0).toString());
                    point.put("goodPercent", middle + swing * Math.sin(day / 3.0));
                    point.put("spentMs", 600_000 + day * 9_000);
                    return point;
                })
                .toList();
    }
}
