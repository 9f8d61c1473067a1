package io.levee.guard.ingest;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the points of a metric are counted. A monotonic sum counts what it grew by, a histogram its samples. Immutable.
 *
 * @param metric the metric's name
 * @param service the attribute that names what was called; null for the resource's {@code service.name}
 * @param route the attribute that names the route; null for none
 * @param sli the indicator; null if service and route say so
 * @param bad by attribute, which values make it bad: one that matches is enough
 * @param degraded likewise for answers of a fallback
 * @param leftOut likewise for what counts for nothing
 */
public record MetricRule(
        String metric,
        @Nullable String service,
        @Nullable String route,
        @Nullable String sli,
        Map<String, Pattern> bad,
        Map<String, Pattern> degraded,
        Map<String, Pattern> leftOut) {
    /** What HTTP servers measure by OpenTelemetry's conventions; 5xx and 429 are bad, and no other 4xx. */
    public static final MetricRule HTTP_SERVER =
            of("http.server.request.duration").withRoute("http.route").withBad("http.response.status_code", "5..|429");

    /** What HTTP clients measure. Each attempt is one: for clients that do not retry. */
    public static final MetricRule HTTP_CLIENT = of("http.client.request.duration")
            .withService("server.address")
            .withRoute("url.template")
            .withBad("http.response.status_code", "5..|429")
            .withBad("error.type", "5..|429|[^0-9].*");

    /** Levee's own calls, as levee-prometheus names them; by call, never by attempt. */
    public static final MetricRule LEVEE_CALLS =
            of("levee_calls_total").withService("upstream").withBad("result", "failed|refused");

    /** Copies the maps. */
    public MetricRule {
        bad = Map.copyOf(bad);
        degraded = Map.copyOf(degraded);
        leftOut = Map.copyOf(leftOut);
    }

    /**
     * A metric whose every point is good.
     *
     * @param metric its name
     * @return a rule to add to
     */
    public static MetricRule of(String metric) {
        return new MetricRule(metric, null, null, null, Map.of(), Map.of(), Map.of());
    }

    /**
     * With the service of an attribute.
     *
     * @param attribute its name
     * @return a changed copy
     */
    public MetricRule withService(String attribute) {
        return new MetricRule(metric, attribute, route, sli, bad, degraded, leftOut);
    }

    /**
     * With the route of an attribute.
     *
     * @param attribute its name
     * @return a changed copy
     */
    public MetricRule withRoute(String attribute) {
        return new MetricRule(metric, service, attribute, sli, bad, degraded, leftOut);
    }

    /**
     * For an indicator.
     *
     * @param name its name
     * @return a changed copy
     */
    public MetricRule withSli(String name) {
        return new MetricRule(metric, service, route, name, bad, degraded, leftOut);
    }

    /**
     * With what is bad.
     *
     * @param attribute its name
     * @param values a regular expression for the whole value
     * @return a changed copy
     */
    public MetricRule withBad(String attribute, String values) {
        return new MetricRule(metric, service, route, sli, with(bad, attribute, values), degraded, leftOut);
    }

    /**
     * With what a fallback answered.
     *
     * @param attribute its name
     * @param values a regular expression for the whole value
     * @return a changed copy
     */
    public MetricRule withDegraded(String attribute, String values) {
        return new MetricRule(metric, service, route, sli, bad, with(degraded, attribute, values), leftOut);
    }

    /**
     * With what counts for nothing.
     *
     * @param attribute its name
     * @param values a regular expression for the whole value
     * @return a changed copy
     */
    public MetricRule withLeftOut(String attribute, String values) {
        return new MetricRule(metric, service, route, sli, bad, degraded, with(leftOut, attribute, values));
    }

    private static Map<String, Pattern> with(Map<String, Pattern> before, String attribute, String values) {
        Map<String, Pattern> more = new HashMap<>(before);
        more.put(attribute, Pattern.compile(values));
        return more;
    }

    static boolean matches(Map<String, Pattern> patterns, Map<String, String> attributes) {
        for (Map.Entry<String, Pattern> each : patterns.entrySet()) {
            String value = attributes.get(each.getKey());
            if (value != null && each.getValue().matcher(value).matches()) {
                return true;
            }
        }
        return false;
    }
}
