package io.levee.metrics;

import io.levee.Breaker;
import io.levee.Levee;
import io.levee.LeveeState;
import io.levee.StopReason;
import io.levee.Telemetry;
import io.levee.TelemetrySink;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * Counts the calls of the Levees that it is the telemetry of, for an exporter to {@linkplain #read read} when it is
 * scraped. Levees of one name are counted together; counts outlive the Levee, gauges do not. Thread-safe and lock-free
 * where calls succeed.
 */
public final class Meters implements Telemetry {
    private final MetricOptions options;
    private final Recorder.Factory recorders;
    private final LongSupplier nanos;
    private final LabelCap upstreamNames;
    private final LabelCap endpoints;
    private final LabelCap statuses = new LabelCap("status", 64, null);
    private final LabelCap reasons = new LabelCap("reason", 64, null);
    private final Map<String, Upstream> upstreams = new ConcurrentHashMap<>();

    /**
     * Makes an empty one.
     *
     * @param options what the labels may say
     * @param recorders where the histograms are
     */
    public Meters(MetricOptions options, Recorder.Factory recorders) {
        this(options, recorders, System::nanoTime);
    }

    Meters(MetricOptions options, Recorder.Factory recorders, LongSupplier nanos) {
        this.options = Objects.requireNonNull(options, "options");
        this.recorders = Objects.requireNonNull(recorders, "recorders");
        this.nanos = nanos;
        upstreamNames = new LabelCap("upstream", options.maxUpstreams(), null);
        endpoints = new LabelCap("endpoint", options.maxEndpoints(), options.endpoints());
    }

    @Override
    public TelemetrySink sink(Levee levee) {
        Upstream upstream = upstreams.computeIfAbsent(
                upstreamNames.admit(levee.name()),
                name -> new Upstream(name, recorders.of(options.service(), name), nanos.getAsLong()));
        upstream.attach(levee);
        for (Metric metric : Metric.values()) {
            if (metric == Metric.AMPLIFICATION) {
                added(upstream, metric, List.of(options.service(), upstream.name));
            } else if (metric.kind() != Metric.Kind.HISTOGRAM && metric != Metric.LABEL_OVERFLOW) {
                read(metric, upstream, (labels, value) -> added(upstream, metric, labels));
            }
        }
        return new UpstreamSink(this, upstream);
    }

    /** Tells the exporter of a series, if it is new. */
    private void added(Upstream upstream, Metric metric, List<String> labels) {
        if (upstream.series.add(new Upstream.Series(metric, labels))) {
            upstream.recorder.seriesAdded(metric, labels, () -> value(upstream, metric, labels));
        }
    }

    private double value(Upstream upstream, Metric metric, List<String> wanted) {
        double[] found = {Double.NaN};
        read(metric, upstream, (labels, value) -> {
            if (labels.equals(wanted)) {
                found[0] = value;
            }
        });
        return found[0];
    }

    void retryEnded(Upstream upstream, String endpoint, String status) {
        Upstream.RetryKey key = new Upstream.RetryKey(endpoints.admit(endpoint), statuses.admit(status));
        LongAdder count = upstream.retriesByStatus.get(key);
        if (count == null) {
            count = upstream.retriesByStatus.computeIfAbsent(key, absent -> new LongAdder());
            added(upstream, Metric.RETRIES, List.of(options.service(), upstream.name, key.endpoint(), key.status()));
        }
        count.increment();
    }

    void attemptFailed(Upstream upstream, String rule) {
        String reason = reasons.admit(rule);
        Upstream.Failures failures = upstream.failures.get(reason);
        if (failures == null) {
            failures = upstream.failures.computeIfAbsent(reason, absent -> new Upstream.Failures());
            List<String> labels = List.of(reason, options.service(), upstream.name);
            added(upstream, Metric.FAILURES, labels);
            added(upstream, Metric.FAILURE_REASONS, labels);
        }
        failures.all().increment();
        failures.recent().add(nanos.getAsLong());
    }

    /**
     * Reads a counter or a gauge.
     *
     * @param metric which
     * @param consumer takes each value, on this thread
     * @throws IllegalArgumentException for a histogram, which its {@link Recorder} has
     */
    public void read(Metric metric, SampleConsumer consumer) {
        if (metric == Metric.LABEL_OVERFLOW) {
            for (LabelCap cap : List.of(upstreamNames, endpoints, statuses, reasons)) {
                consumer.sample(List.of(cap.label()), (double) cap.overflows());
            }
            return;
        }
        upstreams.values().stream()
                .sorted(Comparator.comparing(upstream -> upstream.name))
                .forEach(upstream -> read(metric, upstream, consumer));
    }

    private void read(Metric metric, Upstream u, SampleConsumer consumer) {
        String service = options.service();
        switch (metric) {
            case RETRIES ->
                u.retriesByStatus.forEach((key, count) ->
                        consumer.sample(List.of(service, u.name, key.endpoint(), key.status()), count.doubleValue()));
            case FAILURES ->
                u.failures.forEach((reason, count) -> consumer.sample(
                        List.of(reason, service, u.name), count.all().doubleValue()));
            case FAILURE_REASONS ->
                u.failures.forEach((reason, count) -> consumer.sample(List.of(reason, service, u.name), (double)
                        count.recent().count(nanos.getAsLong())));
            case CALLS -> {
                sample(consumer, u, "succeeded_at_once", u.succeededAtOnce);
                sample(consumer, u, "succeeded_after_retry", u.savedByRetry);
                sample(consumer, u, "failed", u.failed);
                sample(consumer, u, "refused", u.refused);
            }
            case ATTEMPTS -> {
                consumer.sample(List.of(service, u.name, "first"), (double) u.firstAttempts());
                sample(consumer, u, "retry", u.retries);
            }
            case AMPLIFICATION -> {
                double ratio = u.amplification(nanos.getAsLong());
                if (!Double.isNaN(ratio)) {
                    consumer.sample(List.of(service, u.name), ratio);
                }
            }
            case STOPS -> u.stops.forEach((reason, count) -> sample(consumer, u, UpstreamSink.word(reason), count));
            case REFUSALS -> u.refusals.forEach((reason, count) -> refusal(consumer, u, reason, count));
            case FALLBACKS -> consumer.sample(List.of(service, u.name), u.fallbacks.doubleValue());
            case BREAKER_TRANSITIONS -> {
                if (u.transitions.values().stream().anyMatch(count -> count.sum() > 0)
                        || u.states().stream().anyMatch(state -> state.breaker() != null)) {
                    u.transitions.forEach((state, count) -> sample(consumer, u, UpstreamSink.word(state), count));
                }
            }
            case BREAKER_STATE, LIMITER_WAITING, LIMITER_RATE, RETRY_BUDGET, IN_FLIGHT ->
                gauge(metric, u, u.states(), consumer);
            default -> throw new IllegalArgumentException(metric + " is a histogram");
        }
    }

    private void sample(SampleConsumer consumer, Upstream u, String last, LongAdder count) {
        consumer.sample(List.of(options.service(), u.name, last), count.doubleValue());
    }

    private void refusal(SampleConsumer consumer, Upstream u, StopReason reason, LongAdder count) {
        if (UpstreamSink.isRefusal(reason)) {
            sample(consumer, u, UpstreamSink.word(reason), count);
        }
    }

    /** Levees of one name together: waiting and in flight add up, of rates and tokens the least counts. */
    private void gauge(Metric metric, Upstream u, List<LeveeState> states, SampleConsumer consumer) {
        List<String> labels = List.of(options.service(), u.name);
        switch (metric) {
            case BREAKER_STATE -> breakers(u, states, consumer);
            case LIMITER_WAITING -> {
                if (states.stream().anyMatch(state -> state.limiter() != null)) {
                    consumer.sample(labels, sum(states, Meters::waiting));
                }
            }
            case LIMITER_RATE ->
                states.stream()
                        .filter(state -> state.limiter() != null)
                        .mapToDouble(
                                state -> Objects.requireNonNull(state.limiter()).permitsPerSecond())
                        .min()
                        .ifPresent(rate -> consumer.sample(labels, rate));
            case RETRY_BUDGET ->
                states.stream()
                        .mapToDouble(LeveeState::retryBudgetLeft)
                        .filter(left -> !Double.isNaN(left))
                        .min()
                        .ifPresent(left -> consumer.sample(labels, left));
            default -> {
                if (states.stream().anyMatch(state -> state.inFlight() >= 0)) {
                    consumer.sample(labels, sum(states, state -> Math.max(0, state.inFlight())));
                }
            }
        }
    }

    private void breakers(Upstream u, List<LeveeState> states, SampleConsumer consumer) {
        Map<Breaker.State, Integer> count = new EnumMap<>(Breaker.State.class);
        for (LeveeState state : states) {
            Breaker.Snapshot breaker = state.breaker();
            if (breaker != null) {
                count.merge(breaker.state(), 1, Integer::sum);
            }
        }
        if (!count.isEmpty()) {
            for (Breaker.State state : Breaker.State.values()) {
                consumer.sample(
                        List.of(options.service(), u.name, UpstreamSink.word(state)), count.getOrDefault(state, 0));
            }
        }
    }

    private static long waiting(LeveeState state) {
        return state.limiter() == null
                ? 0
                : state.limiter().waitingFirst() + state.limiter().waitingRetries();
    }

    private static double sum(List<LeveeState> states, ToLongFunction<LeveeState> figure) {
        return (double) states.stream().mapToLong(figure).sum();
    }
}
