package io.levee.guard.server.hooks;

import io.levee.guard.server.gate.GateService;
import io.levee.guard.server.hooks.PromValues.Element;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.store.Store;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Request;
import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Prometheus' own way of asking, for Argo Rollouts, Flagger, Keptn and Grafana as they come: a fixed set of names with label
 * matchers, no PromQL. The constants that probes ask for ({@code vector(1)}, {@code 1+1}) are answered as well.
 */
public final class PromHook {
    private static final int MOST_STEPS = 1_000;
    private static final Pattern VECTOR = Pattern.compile("\\s*vector\\s*\\(\\s*(\\d+(?:\\.\\d+)?)\\s*\\)\\s*");
    private static final Pattern SHORT = Pattern.compile("(\\d+)([smhdw])");

    private final PromValues values;
    private final InstantSource clock;

    /**
     * A hook.
     *
     * @param catalog the objectives that hold now
     * @param store counts
     * @param gate who decides
     * @param clock wall time
     */
    public PromHook(Supplier<Catalog> catalog, Store store, GateService gate, InstantSource clock) {
        values = new PromValues(catalog, store, gate);
        this.clock = clock;
    }

    /**
     * Adds the routes.
     *
     * @param routes where to
     */
    public void addTo(Routes routes) {
        for (String method : List.of("GET", "POST")) {
            routes.add(method, "/api/v1/query", Role.VIEWER, request -> answer(request, this::query));
            routes.add(method, "/api/v1/query_range", Role.VIEWER, request -> answer(request, this::range));
        }
    }

    /**
     * What an error looks like to a client of Prometheus.
     *
     * @param status what it would be otherwise
     * @param message what is wrong
     * @return the same status
     */
    public static Answer error(int status, String message) {
        return Answer.json(
                status,
                Map.of(
                        "status",
                        "error",
                        "errorType",
                        status == 400 ? "bad_data" : status < 500 ? "execution" : "internal",
                        "error",
                        message));
    }

    private interface Asking {
        Map<String, Object> of(Map<String, String> parameters);
    }

    private static Answer answer(Request request, Asking asking) {
        try {
            return Answer.json(Map.of("status", "success", "data", asking.of(parameters(request))));
        } catch (IllegalArgumentException e) {
            return error(400, String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, String> parameters(Request request) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (request.method().equals("POST")) {
            for (String pair : new String(request.body(), StandardCharsets.UTF_8).split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
                }
            }
        }
        for (String name : List.of("query", "time", "start", "end", "step")) {
            String value = request.query(name);
            if (value != null) {
                parameters.putIfAbsent(name, value);
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private Map<String, Object> query(Map<String, String> parameters) {
        String query = needed(parameters, "query");
        String time = parameters.get("time");
        Instant when = time == null ? clock.instant() : instant("time", time);
        if (query.replace(" ", "").equals("1+1")) {
            return Map.of("resultType", "scalar", "result", List.of(seconds(when), "2"));
        }
        List<Map<String, Object>> result = new ArrayList<>();
        for (Element element : elements(query, when)) {
            result.add(Map.of("metric", element.labels(), "value", List.of(seconds(when), element.value())));
        }
        return Map.of("resultType", "vector", "result", result);
    }

    private Map<String, Object> range(Map<String, String> parameters) {
        String query = needed(parameters, "query");
        Instant start = instant("start", needed(parameters, "start"));
        Instant end = instant("end", needed(parameters, "end"));
        Duration step = step(needed(parameters, "step"));
        if (end.isBefore(start)) {
            throw new IllegalArgumentException("'end' is before 'start'");
        }
        if (Duration.between(start, end).dividedBy(step) >= MOST_STEPS) {
            throw new IllegalArgumentException(
                    "more than " + MOST_STEPS + " steps; take a larger step or a shorter time");
        }
        Map<Map<String, String>, List<List<Object>>> series = new LinkedHashMap<>();
        for (Instant when = start; !when.isAfter(end); when = when.plus(step)) {
            for (Element element : elements(query, when)) {
                series.computeIfAbsent(element.labels(), labels -> new ArrayList<>())
                        .add(List.of(seconds(when), element.value()));
            }
        }
        List<Map<String, Object>> result = new ArrayList<>();
        series.forEach((labels, points) -> result.add(Map.of("metric", labels, "values", points)));
        return Map.of("resultType", "matrix", "result", result);
    }

    private List<Element> elements(String query, Instant when) {
        Matcher vector = VECTOR.matcher(query);
        return vector.matches()
                ? List.of(new Element(Map.of(), vector.group(1)))
                : values.at(PromSelector.parse(query), when);
    }

    private static String needed(Map<String, String> parameters, String name) {
        String value = parameters.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("'" + name + "' is missing");
        }
        return value;
    }

    private static BigDecimal seconds(Instant when) {
        return BigDecimal.valueOf(when.toEpochMilli(), 3).stripTrailingZeros();
    }

    private static Instant instant(String name, String text) {
        Instant seconds = epoch(text);
        if (seconds != null) {
            return seconds;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + name + "' must be seconds since 1970 or RFC 3339, is '" + text + "'");
        }
    }

    private static @Nullable Instant epoch(String text) {
        try {
            return Instant.ofEpochMilli(
                    new BigDecimal(text).movePointRight(3).toBigInteger().longValueExact());
        } catch (ArithmeticException | NumberFormatException e) {
            return null;
        }
    }

    private static Duration step(String text) {
        Matcher parts = SHORT.matcher(text);
        Duration step;
        if (parts.matches()) {
            long amount = Long.parseLong(parts.group(1));
            step = switch (parts.group(2)) {
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                case "d" -> Duration.ofDays(amount);
                default -> Duration.ofDays(7 * amount);
            };
        } else {
            Instant seconds = epoch(text);
            step = seconds == null ? Duration.ZERO : Duration.ofMillis(seconds.toEpochMilli());
        }
        if (step.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("'step' must be 1 s or more, such as 60 or 1m, is '" + text + "'");
        }
        return step;
    }
}
