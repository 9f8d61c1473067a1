package io.levee.guard.ingest;

import io.levee.guard.slo.gate.Environment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What counts, and how much is taken at a time. Immutable.
 *
 * @param serverSpans whether SERVER spans count as events of their own service. Default true; false where every caller has a
 *     Levee, and what the callers saw is what was promised
 * @param defaultEnvironment where a service runs that does not say so. Default production
 * @param environments further names of environments, as services write them; staging, canary and production are always known.
 *     Default {@code prod} and {@code stage}. What has an unknown name, such as {@code dev}, counts nowhere
 * @param metrics which metrics are counted; default none, since what spans tell must not be told again by metrics
 * @param bytesInFlight bytes of requests that are worked on at a time; what comes beyond is told to come again. Default 64 MiB
 */
public record IngestSettings(
        boolean serverSpans,
        Environment defaultEnvironment,
        Map<String, Environment> environments,
        List<MetricRule> metrics,
        long bytesInFlight) {
    /**
     * Copies and checks.
     *
     * @throws IllegalArgumentException if there is no room for a request
     */
    public IngestSettings {
        environments = Map.copyOf(environments);
        metrics = List.copyOf(metrics);
        if (bytesInFlight < 1) {
            throw new IllegalArgumentException("bytesInFlight must be 1 or more, is " + bytesInFlight);
        }
    }

    /**
     * The defaults.
     *
     * @return settings
     */
    public static IngestSettings defaults() {
        return new IngestSettings(
                true,
                Environment.PRODUCTION,
                Map.of("prod", Environment.PRODUCTION, "stage", Environment.STAGING),
                List.of(),
                64 << 20);
    }

    /**
     * With or without events from SERVER spans.
     *
     * @param count whether they count
     * @return a changed copy
     */
    public IngestSettings withServerSpans(boolean count) {
        return new IngestSettings(count, defaultEnvironment, environments, metrics, bytesInFlight);
    }

    /**
     * With another environment for services that do not say theirs.
     *
     * @param environment where they run
     * @return a changed copy
     */
    public IngestSettings withDefaultEnvironment(Environment environment) {
        return new IngestSettings(serverSpans, environment, environments, metrics, bytesInFlight);
    }

    /**
     * With another name for an environment.
     *
     * @param name as {@code deployment.environment.name} has it
     * @param environment which one is meant
     * @return a changed copy
     */
    public IngestSettings withEnvironment(String name, Environment environment) {
        Map<String, Environment> more = new HashMap<>(environments);
        more.put(name, environment);
        return new IngestSettings(serverSpans, defaultEnvironment, more, metrics, bytesInFlight);
    }

    /**
     * With these metrics.
     *
     * @param rules which ones are counted, and as what
     * @return a changed copy
     */
    public IngestSettings withMetrics(List<MetricRule> rules) {
        return new IngestSettings(serverSpans, defaultEnvironment, environments, rules, bytesInFlight);
    }

    /**
     * With more or less room.
     *
     * @param bytes of requests that are worked on at a time
     * @return a changed copy
     */
    public IngestSettings withBytesInFlight(long bytes) {
        return new IngestSettings(serverSpans, defaultEnvironment, environments, metrics, bytes);
    }

    /** Which environment a service means; null for a name that nobody knows. */
    @Nullable
    Environment environment(@Nullable String name) {
        if (name == null || name.isBlank()) {
            return defaultEnvironment;
        }
        Environment known = environments.get(name);
        if (known != null) {
            return known;
        }
        try {
            return Environment.parse(name);
        } catch (IllegalArgumentException unknown) {
            return null;
        }
    }
}
