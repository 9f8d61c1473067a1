package io.levee.guard.server;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.OpenSloFile;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import io.levee.guard.store.Tracked;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/**
 * A guard that runs, with four weeks of a shop's events: incidents, releases, an exclusion, a target that has changed, rules that
 * have fired, tickets. Its clock begins at the present, as the browser's does, and then goes on by hand.
 */
final class ShopGuard implements AutoCloseable {
    static final String ORDERS = "order-submit";
    private static final int HOURS = 28 * 24;
    private static final int ORDERS_AN_HOUR = 15_000;

    /** An objective, how many events an hour it has, and the share of them that is bad all the time. */
    private record Line(String service, String name, String title, String target, int perHour, double bad) {}

    private static final List<Line> LINES = List.of(
            new Line("order", ORDERS, "Order submit", "0.9995", ORDERS_AN_HOUR, 0.00012),
            new Line("order", "order-history", "Order history", "0.999", 9_000, 0.00011),
            new Line("payment", "payment-authorise", "Payment authorisation", "0.9995", 14_000, 0.00031),
            new Line("payment", "payment-refund", "Refunds", "0.999", 700, 0.0002),
            new Line("inventory", "stock-lookup", "Stock lookup", "0.9995", 40_000, 0.00052),
            new Line("inventory", "stock-reservation", "Stock reservation", "0.9995", 14_500, 0.00017),
            new Line("fulfilment", "dispatch", "Dispatch", "0.995", 6_000, 0.0012),
            new Line("search", "search-query", "Search", "0.99", 90_000, 0.0009),
            new Line("search", "search-suggestions", "Suggestions", "0.99", 120_000, 0.0003),
            new Line(
                    "checkout",
                    "checkout-of-returning-customers-with-a-voucher-and-a-gift-card",
                    "Checkout of returning customers who pay with a voucher and a gift card at the same time",
                    "0.9999",
                    2_000,
                    0.00032),
            new Line("account", "profile", "Profile", "0.999", 0, 0),
            new Line("mail", "receipts", "Receipts", "0.999", 0, 0));

    private static final String ACTIONS = """
            version: 1
            hosts: [hooks.example.com]
            rules:
              reads-to-replica:
                slo: order-submit
                when: {left: {below: 90%}}
                limit: 2h
                then:
                  - signal: {name: orders.reads, weights: {primary: 4, replica: 96}}
              pause-experiment:
                slo: order-submit
                when: {spent: {over: 2h, above: 0.001%, of: total}}
                advice: "{spentPercent} % spent in {spentOver}: pause the A/B test checkout-b"
              fewer-recommendations:
                slo: stock-lookup
                when: {left: {below: 20%}}
                dryRun: true
                then:
                  - signal: {name: recommendations, fallback: true}
              roll-back:
                slo: payment-authorise
                when: {burnRate: {over: 1h, above: 13.44}}
                then:
                  - command: {run: [kubectl, rollout, undo, deployment/payment], timeout: 1m}
            """;

    final AtomicReference<Instant> now = new AtomicReference<>(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    final Store store;
    final Guard guard;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> tokens = new LinkedHashMap<>();

    ShopGuard(Path folder) throws Exception {
        Path slos = Files.createDirectories(folder.resolve("slo"));
        StringBuilder documents = new StringBuilder();
        LINES.forEach(line -> documents.append(document(line)).append("---\n"));
        Path file = Files.writeString(slos.resolve("shop.yaml"), documents.substring(0, documents.length() - 4));
        Files.writeString(slos.resolve("actions.yaml"), ACTIONS);
        StoreSettings place = StoreSettings.folder(folder.resolve("data")).clock(now::get);
        store = Stores.open(place);
        Catalog catalog = Catalog.of(List.of(OpenSloFile.load(file)));
        store.track(catalog.slos().stream()
                .map(slo -> new Tracked(slo.name(), slo.matcher(catalog.sli(slo))))
                .toList());
        feed();
        guard = Guard.start(
                new GuardSettings(slos, place)
                        .port(0)
                        .clock(now::get)
                        .traceLink("https://jaeger.example/trace/{traceId}"),
                store);
        tokens.put("admin", guard.firstToken());
        for (String role : List.of("viewer", "release", "lead")) {
            issue(role, role.equals("lead") ? "ines" : role + "-1", role);
        }
        markReleases();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> api("/api/v1/actions").path("entries").size() >= 3);
    }

    private String document(Line line) {
        String more = "";
        if (line.name.equals(ORDERS)) {
            more = """

                    levee.io/exclusions: |
                      - name: database move
                        start: %s
                        timeZone: UTC
                        duration: 5h
                        author: ines
                        reason: announced, agreed with product""".formatted(now.get().minus(Duration.ofDays(15)).toString().substring(0, 16));
        } else if (line.name.equals("dispatch")) {
            more = """

                    levee.io/earlier-targets: |
                      - until: %s
                        target: 0.99
                        author: ann
                        reason: the review of the month before""".formatted(now.get().minus(Duration.ofDays(11)));
        }
        return """
                apiVersion: openslo/v1
                kind: SLO
                metadata:
                  name: %s
                  displayName: %s
                  annotations:
                    levee.io/minimum-total: "100"
                    levee.io/gate: '{minimumEvents: 10, staging: 0.00004}'%s
                spec:
                  description: "%s: calls that end well, as their callers see them."
                  service: %s
                  indicator:
                    metadata: {name: %s-ok}
                    spec:
                      ratioMetric:
                        counter: true
                        good: {metricSource: {type: levee, spec: {}}}
                        total: {metricSource: {type: levee, spec: {}}}
                  timeWindow: [{duration: 28d, isRolling: true}]
                  budgetingMethod: Occurrences
                  objectives: [{target: %s}]
                """.formatted(
                line.name, line.title, more.replace("\n", "\n    "), line.title, line.service, line.name, line.target);
    }

    private void feed() {
        Instant end = now.get().truncatedTo(ChronoUnit.HOURS);
        for (Line line : LINES) {
            if (line.perHour > 0) {
                List<Store.Bulk> bulks = new ArrayList<>();
                double bad = 0;
                for (int hour = HOURS; hour > 1; hour--) {
                    Instant at = end.minus(Duration.ofHours(hour)).plus(Duration.ofMinutes(30));
                    // Busy by day, quiet by night.
                    double wave = 1 - 0.6 * Math.cos(2 * Math.PI * (at.getEpochSecond() % 86_400) / 86_400.0);
                    long count = Math.round(line.perHour * wave);
                    bad += count * line.bad;
                    long failed = (long) bad;
                    bad -= failed;
                    bulks.add(bulk(line, at, Event.Outcome.GOOD, count - failed));
                    bulks.add(bulk(line, at, Event.Outcome.BAD, failed));
                }
                store.appendBulk(bulks);
            }
        }
        Line orders = LINES.get(0);
        Instant minute = now.get().truncatedTo(ChronoUnit.MINUTES);
        List<Store.Bulk> steady = new ArrayList<>();
        for (int i = 90; i > 0; i--) {
            steady.add(bulk(orders, minute.minus(Duration.ofMinutes(i)), Event.Outcome.GOOD, ORDERS_AN_HOUR / 60));
        }
        store.appendBulk(steady);
        // Past the half hour, at which all of an hour's calls come: so many good ones would cut an incident in two.
        incident(end.minus(Duration.ofHours(19 * 24 + 3)).plus(Duration.ofMinutes(35)), 14, 40);
        incident(end.minus(Duration.ofDays(8)).plus(Duration.ofMinutes(35)), 22, 25);
        incident(minute.minus(Duration.ofMinutes(26)), 26, 16);
        Line stock = LINES.get(4);
        store.appendBulk(List.of(bulk(stock, minute.minus(Duration.ofDays(6)), Event.Outcome.DEGRADED, 3_000)));
        release("2026.11.10", Environment.STAGING, null, 400, 6);
        release("2026.11.12", Environment.CANARY, Event.Side.CANARY, 400, 1);
        release("2026.11.9", Environment.PRODUCTION, Event.Side.CANARY, 300, 4);
        store.append(List.of(event("profile", "account", now.get().minusSeconds(600), Event.Outcome.GOOD, null, "7")));
    }

    /** So many orders fail in each of some minutes, the most in the middle, in which there are others that do not. */
    private void incident(Instant from, int minutes, int most) {
        List<Event> events = new ArrayList<>();
        for (int m = 0; m < minutes; m++) {
            Instant at = from.plus(Duration.ofMinutes(m));
            int failed = Math.max(8, (int) (most * (1 - Math.abs(2.0 * m / minutes - 1))));
            for (int i = 0; i < failed; i++) {
                String trace = "%08x%024x".formatted(from.getEpochSecond(), m * 100 + i + 1);
                events.add(
                        event(ORDERS, "order", at.plusMillis(500L + i * 900L), Event.Outcome.BAD, trace, "2026.11.9"));
            }
        }
        store.append(events);
        store.appendBulk(java.util.stream.IntStream.range(0, minutes)
                .mapToObj(m -> bulk(LINES.get(0), from.plus(Duration.ofMinutes(m)), Event.Outcome.GOOD, 250))
                .toList());
    }

    private void release(String release, Environment environment, Event.Side side, int total, int bad) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < total; i++) {
            Event event = event(
                    ORDERS,
                    "order",
                    now.get().minusSeconds(7_200 + i),
                    i < bad ? Event.Outcome.BAD : Event.Outcome.GOOD,
                    "%032x".formatted(0xabc0000 + i),
                    release);
            events.add(new Event(
                    null,
                    event.time(),
                    "order",
                    ORDERS,
                    "POST /orders",
                    event.outcome(),
                    release,
                    environment,
                    side,
                    event.traceId(),
                    "order 4711" + i,
                    1,
                    false,
                    180L));
        }
        store.append(events);
    }

    private static Store.Bulk bulk(Line line, Instant at, Event.Outcome outcome, long count) {
        return new Store.Bulk(event(line.name, line.service, at, outcome, null, "2026.11.8"), count);
    }

    private static Event event(
            String sli, String service, Instant at, Event.Outcome outcome, String trace, String release) {
        return new Event(
                null,
                at,
                service,
                sli,
                "POST /orders",
                outcome,
                release,
                Environment.PRODUCTION,
                Event.Side.STABLE,
                trace,
                trace == null ? null : "order " + trace.substring(26),
                2,
                false,
                812L);
    }

    private void markReleases() throws Exception {
        for (Map.Entry<String, Integer> each :
                Map.of("2026.11.8", 21, "2026.11.9", 8).entrySet()) {
            post(
                    "/api/v1/releases",
                    "{\"service\":\"order\",\"release\":\"%s\",\"environment\":\"production\",\"event\":\"deploy\",\"at\":\"%s\"}"
                            .formatted(
                                    each.getKey(),
                                    now.get()
                                            .minus(Duration.ofDays(each.getValue()))
                                            .minusSeconds(600)),
                    "release");
        }
    }

    /** A token of one's own: of those who vote, each has one. */
    void issue(String key, String name, String role) throws Exception {
        tokens.put(
                key,
                post("/api/v1/tokens", "{\"name\":\"" + name + "\",\"role\":\"" + role + "\"}", "admin")
                        .path("token")
                        .asString());
    }

    /** Asks the gate about the three releases that have something to say. */
    void askTheGate() throws Exception {
        for (String[] each :
                new String[][] {{"production", "2026.11.9"}, {"canary", "2026.11.12"}, {"staging", "2026.11.10"}}) {
            post(
                    "/api/v1/gate/check",
                    "{\"slo\":\"order-submit\",\"environment\":\"%s\",\"release\":\"%s\"}".formatted(each[0], each[1]),
                    "release");
        }
    }

    /** What customers wrote in the last incident, and at other times. */
    void importTickets() throws Exception {
        StringBuilder csv = new StringBuilder("id,time,text,service\n");
        List<String> texts = List.of(
                "The order button spins and then says try again later",
                "I pressed order twice because the first order failed, was I charged twice?",
                "My order failed with an error after payment",
                "Order failed again, please call me",
                "Voucher is not accepted at checkout",
                "The voucher code is refused at checkout");
        for (int i = 0; i < 24; i++) {
            csv.append("T-%d,%s,\"%s\",order%n"
                    .formatted(
                            i,
                            now.get().minus(Duration.ofMinutes(i < 15 ? i + 1 : 60L * 24 * 2 + i)),
                            texts.get(i % 6)));
        }
        HttpRequest request = request("/api/v1/review/tickets", "release")
                .header("Content-Type", "text/csv")
                .POST(BodyPublishers.ofString(csv.toString()))
                .build();
        checked(client.send(request, HttpResponse.BodyHandlers.ofString()));
    }

    URI uri() {
        return guard.uri();
    }

    String token(String role) {
        return tokens.get(role);
    }

    JsonNode api(String path) throws Exception {
        return checked(client.send(request(path, "viewer").GET().build(), HttpResponse.BodyHandlers.ofString()));
    }

    JsonNode slo(String name) throws Exception {
        return api("/api/v1/slos/" + URLEncoder.encode(name, StandardCharsets.UTF_8));
    }

    JsonNode post(String path, String body, String role) throws Exception {
        HttpRequest request = request(path, role)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return checked(client.send(request, HttpResponse.BodyHandlers.ofString()));
    }

    private HttpRequest.Builder request(String path, String role) {
        return HttpRequest.newBuilder(URI.create(guard.uri() + path))
                .header("Authorization", "Bearer " + tokens.get(role));
    }

    private static JsonNode checked(HttpResponse<String> answer) {
        if (answer.statusCode() / 100 != 2) {
            throw new AssertionError(
                    answer.request().uri() + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return TestGuard.json(answer);
    }

    @Override
    public void close() {
        guard.close();
    }
}
