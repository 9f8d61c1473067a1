package io.levee.metrics;

import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the labels may say. Every label is bounded: a value beyond the bound is counted under {@value #OTHER}, and
 * {@link Metric#LABEL_OVERFLOW} counts how often. Immutable and thread-safe; each method answers a changed copy.
 */
public final class MetricOptions {
    /** The value that stands for all values that are not told apart. */
    public static final String OTHER = "_OTHER";

    /** The endpoint of a call without a name. */
    public static final String UNNAMED = "unnamed";

    private final String service;
    private final int maxEndpoints;
    private final int maxUpstreams;
    private final @Nullable Set<String> endpoints;

    private MetricOptions(String service, int maxEndpoints, int maxUpstreams, @Nullable Set<String> endpoints) {
        this.service = service;
        this.maxEndpoints = maxEndpoints;
        this.maxUpstreams = maxUpstreams;
        this.endpoints = endpoints;
    }

    /**
     * The service as OpenTelemetry is told of it ({@code OTEL_SERVICE_NAME}, else {@code service.name} in
     * {@code OTEL_RESOURCE_ATTRIBUTES}, each also as a system property, else {@code unknown_service:java}), so that traces
     * and metrics agree; 100 endpoints, 100 upstreams.
     *
     * @return the defaults
     */
    public static MetricOptions defaults() {
        return new MetricOptions(serviceName(System::getProperty, System::getenv), 100, 100, null);
    }

    /**
     * Sets the label {@code service}: what the calling process is called.
     *
     * @param name not blank
     * @return a changed copy
     * @throws IllegalArgumentException if it is blank
     */
    public MetricOptions service(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a service needs a name; got a blank one");
        }
        return new MetricOptions(name, maxEndpoints, maxUpstreams, endpoints);
    }

    /**
     * Sets how many endpoints are told apart in all. Default 100: with 20 statuses that is some 2,000 series, what one
     * process may cost a Prometheus.
     *
     * @param most 1 to 10,000
     * @return a changed copy
     * @throws IllegalArgumentException if out of range
     */
    public MetricOptions maxEndpoints(int most) {
        return new MetricOptions(service, bound("maxEndpoints", most), maxUpstreams, endpoints);
    }

    /**
     * Sets how many upstreams are told apart. Default 100.
     *
     * @param most 1 to 10,000
     * @return a changed copy
     * @throws IllegalArgumentException if out of range
     */
    public MetricOptions maxUpstreams(int most) {
        return new MetricOptions(service, maxEndpoints, bound("maxUpstreams", most), endpoints);
    }

    /**
     * Names the endpoints that are told apart; all others are {@value #OTHER}. Default: the first ones that come, up to the
     * bound.
     *
     * @param names operations as in {@code Call.named}, such as {@code GET /stock/{sku}}
     * @return a changed copy
     */
    public MetricOptions endpoints(String... names) {
        Set<String> allowed = Set.copyOf(Arrays.asList(names));
        return new MetricOptions(service, maxEndpoints, maxUpstreams, allowed);
    }

    /**
     * What the calling process is called.
     *
     * @return the value of the label service
     */
    public String service() {
        return service;
    }

    int maxEndpoints() {
        return maxEndpoints;
    }

    int maxUpstreams() {
        return maxUpstreams;
    }

    @Nullable
    Set<String> endpoints() {
        return endpoints;
    }

    private static int bound(String setting, int most) {
        if (most < 1 || most > 10_000) {
            throw new IllegalArgumentException(setting + " must be 1 to 10000, is " + most);
        }
        return most;
    }

    static String serviceName(
            Function<String, @Nullable String> properties, Function<String, @Nullable String> environment) {
        String named = first(properties.apply("otel.service.name"), environment.apply("OTEL_SERVICE_NAME"));
        if (named != null) {
            return named;
        }
        String attributes =
                first(properties.apply("otel.resource.attributes"), environment.apply("OTEL_RESOURCE_ATTRIBUTES"));
        if (attributes != null) {
            for (String attribute : attributes.split(",", -1)) {
                String[] pair = attribute.trim().split("=", 2);
                if (pair.length == 2 && pair[0].equals("service.name") && !pair[1].isBlank()) {
                    return pair[1].trim();
                }
            }
        }
        return "unknown_service:java";
    }

    private static @Nullable String first(@Nullable String one, @Nullable String other) {
        String chosen = one == null || one.isBlank() ? other : one;
        return chosen == null || chosen.isBlank() ? null : Objects.requireNonNull(chosen);
    }
}
