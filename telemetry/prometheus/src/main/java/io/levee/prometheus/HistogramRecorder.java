package io.levee.prometheus;

import io.levee.metrics.Recorder;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The two histograms of an upstream, their children looked up once. */
final class HistogramRecorder implements Recorder {
    /** W3C Trace Context, version 00: the last bit of the flags says that the span is kept. */
    private static final Pattern SAMPLED =
            Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f][13579bdf](?:-.*)?");

    private final DistributionDataPoint latency;
    private final DistributionDataPoint wait;

    HistogramRecorder(DistributionDataPoint latency, DistributionDataPoint wait) {
        this.latency = latency;
        this.wait = wait;
    }

    @Override
    public void retryEnded(double seconds, @Nullable String traceparent) {
        Labels exemplar = exemplar(traceparent);
        if (exemplar == null) {
            latency.observe(seconds);
        } else {
            latency.observeWithExemplar(seconds, exemplar);
        }
    }

    @Override
    public void limiterWaited(double seconds) {
        wait.observe(seconds);
    }

    /** Of a span that is not kept it would be a dead link. */
    static @Nullable Labels exemplar(@Nullable String traceparent) {
        if (traceparent == null) {
            return null;
        }
        Matcher parts = SAMPLED.matcher(traceparent);
        return parts.matches() ? Labels.of(Exemplar.TRACE_ID, parts.group(1), Exemplar.SPAN_ID, parts.group(2)) : null;
    }
}
