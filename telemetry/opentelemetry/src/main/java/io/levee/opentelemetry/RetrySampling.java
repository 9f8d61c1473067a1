package io.levee.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Sampling for production, and for the hour in which production has to be understood: a small share of all traces
 * (parent-based, 1 % unless set), and in <em>diagnosis mode</em>, switched on and off while the service runs, every
 * trace with a retry besides.
 *
 * <pre>{@code
 * RetrySampling sampling = RetrySampling.create();
 * SdkTracerProvider provider = SdkTracerProvider.builder()
 *         .setSampler(sampling.sampler())
 *         .addSpanProcessor(sampling.exportTo(OtlpHttpSpanExporter.getDefault()))
 *         .build();
 * sampling.diagnosis(true);
 * }</pre>
 *
 * <p>Diagnosis mode is on from the start with the environment variable {@code LEVEE_DIAGNOSIS=true} or the system property
 * {@code levee.diagnosis=true}, and a file that {@linkplain #follow is followed} switches it in a running process. Where the
 * SDK configures itself, as in the OpenTelemetry Java agent, {@code OTEL_TRACES_SAMPLER=levee} takes the place of the code
 * above: see {@link LeveeSampler}.
 *
 * <p>In diagnosis mode every span is recorded, and those that the share does not take are kept in memory while their trace
 * has open spans in this process. The first span of a retry sends out what is kept, and everything that follows in that
 * trace; a trace that ends without a retry is dropped. A retry's own span is sampled from its start, so its
 * {@code traceparent} says so, and the services that it calls keep their part.
 *
 * <p>What this cannot do: nobody can rescue what another process has dropped already, so of a trace that the share did not
 * take there is this process's part and what retries reach, not the callers' part, nor what the <em>first</em> attempt did in the
 * downstream. For whole traces across processes send 100 % to a collector that samples at the tail. Recording every span
 * costs what it costs without sampling, except for the export; hence a mode. Spans kept by it carry
 * {@code sampling.reason=retry} and no {@code ot=th} in their trace state, since they must not be extrapolated from.
 *
 * <p>Bounded by {@link Builder}; {@link #dropped()} counts the spans that the bounds cost, of which any may have
 * belonged to a trace that was retried later. Thread-safe.
 */
public final class RetrySampling {
    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final AttributeKey<String> WHY = AttributeKey.stringKey("reason");

    private final TraceBuffer buffer;
    private final Sampler sampler;
    private final List<DiagnosisFile> followed = new CopyOnWriteArrayList<>();
    private volatile boolean diagnosis;

    private RetrySampling(Builder from) {
        buffer = new TraceBuffer(from.maxTraces, from.maxSpansPerTrace, from.maxSpans, from.maxAge.toNanos());
        sampler = new RetrySampler(this, Sampler.parentBased(Sampler.traceIdRatioBased(from.ratio)));
        diagnosis = isOn(System.getProperty("levee.diagnosis")) || isOn(System.getenv("LEVEE_DIAGNOSIS"));
    }

    private static boolean isOn(@Nullable String setting) {
        return setting != null && setting.strip().equalsIgnoreCase("true");
    }

    /**
     * One trace in a hundred, and the default bounds.
     *
     * @return sampling for one tracer provider
     */
    public static RetrySampling create() {
        return builder().build();
    }

    /**
     * Begins to set one up.
     *
     * @return a builder with the defaults
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Switches diagnosis mode, for the traces that begin in this process from now on. Those in progress end as they began, so that
     * none is sent by half: what is kept when it is switched off is still sent if its trace is retried.
     *
     * @param on true to keep every trace with a retry that begins from now on
     */
    public void diagnosis(boolean on) {
        diagnosis = on;
    }

    /**
     * Whether diagnosis mode is on.
     *
     * @return true if it is
     */
    public boolean isDiagnosis() {
        return diagnosis;
    }

    /**
     * Lets a file switch diagnosis mode, at once and from now on: it is read every 2 seconds, until the tracer provider is
     * shut down. A line {@code diagnosis: true} or {@code diagnosis = false}; other lines are nobody's business here, so
     * it can be a file of properties, or one of flat YAML such as a mounted ConfigMap.
     *
     * <p>Only a change of what it says counts: what {@link #diagnosis(boolean)} was told meanwhile holds until then. A file
     * that is not there, or has no such line, leaves the mode as it is now; anything else than true or false leaves it as
     * it was, with a warning in the log.
     *
     * @param file need not be there yet
     * @return this
     */
    public RetrySampling follow(Path file) {
        return follow(file, EVERY);
    }

    RetrySampling follow(Path file, Duration every) {
        followed.add(new DiagnosisFile(file, this, every));
        return this;
    }

    /** With the tracer provider. */
    void close() {
        followed.forEach(DiagnosisFile::close);
    }

    /**
     * The sampler for the tracer provider.
     *
     * @return the sampler
     */
    public Sampler sampler() {
        return sampler;
    }

    /**
     * The processor for the tracer provider: exports in batches what is sampled and what turns out to be retried.
     *
     * @param exporter gets the spans; shut down with the tracer provider
     * @return the processor; the only one that exports
     */
    public SpanProcessor exportTo(SpanExporter exporter) {
        SpanProcessor batches = BatchSpanProcessor.builder(new PromotedSpans(exporter))
                .setExportUnsampledSpans(true)
                .build();
        return new RetrySpanProcessor(this, buffer, batches);
    }

    /** The processor round those that export what is sampled, to exporters that are {@link PromotedSpans}. */
    SpanProcessor round(SpanProcessor exporting) {
        return new RetrySpanProcessor(this, buffer, new PromotingProcessor(exporting));
    }

    /** What is sampled in any case is what another sampler says. */
    Sampler samplerRound(Sampler share) {
        return new RetrySampler(this, share);
    }

    /**
     * Publishes the drop counts as {@code levee.sampling.dropped} (spans, by {@code reason}) and what is kept now as
     * {@code levee.sampling.kept}.
     *
     * @param meters where to
     * @return this
     */
    public RetrySampling metrics(MeterProvider meters) {
        Meter meter = meters.get(LeveeOpenTelemetry.SCOPE);
        meter.counterBuilder("levee.sampling.dropped")
                .setUnit("{span}")
                .setDescription("spans of diagnosis mode that its bounds cost")
                .buildWithCallback(counts -> {
                    for (TraceBuffer.Bound bound : TraceBuffer.Bound.values()) {
                        counts.record(buffer.dropped(bound), Attributes.of(WHY, bound.label()));
                    }
                });
        meter.upDownCounterBuilder("levee.sampling.kept")
                .setUnit("{span}")
                .setDescription("spans that wait for a retry of their trace")
                .buildWithCallback(counts -> counts.record(buffer.kept()));
        return this;
    }

    /**
     * How many spans the bounds have cost so far.
     *
     * @return the number
     */
    public long dropped() {
        long sum = 0;
        for (TraceBuffer.Bound bound : TraceBuffer.Bound.values()) {
            sum += buffer.dropped(bound);
        }
        return sum;
    }

    /**
     * How many spans wait in memory for a retry of their trace.
     *
     * @return the number
     */
    public int kept() {
        return buffer.kept();
    }

    /** Sets up a {@link RetrySampling}. Not thread-safe. */
    public static final class Builder {
        private double ratio = 0.01;
        private int maxTraces = 2_000;
        private int maxSpansPerTrace = 200;
        private int maxSpans = 20_000;
        private Duration maxAge = Duration.ofMinutes(1);

        private Builder() {}

        /**
         * Sets the share of traces that are sampled whatever becomes of them. Default 0.01.
         *
         * @param share from 0 to 1
         * @return this
         * @throws IllegalArgumentException if out of range
         */
        public Builder ratio(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("ratio must be from 0 to 1, is " + share);
            }
            ratio = share;
            return this;
        }

        /**
         * Sets how many traces may wait for a retry at once; the oldest goes first. Default 2,000.
         *
         * @param traces 1 or more
         * @return this
         * @throws IllegalArgumentException if less
         */
        public Builder maxTraces(int traces) {
            maxTraces = positive(traces, "maxTraces");
            return this;
        }

        /**
         * Sets how many spans of one trace are kept; further ones are dropped. Default 200.
         *
         * @param spans 1 or more
         * @return this
         * @throws IllegalArgumentException if less
         */
        public Builder maxSpansPerTrace(int spans) {
            maxSpansPerTrace = positive(spans, "maxSpansPerTrace");
            return this;
        }

        /**
         * Sets how many spans are kept in all; further ones are dropped. Default 20,000: a span with the usual attributes
         * is one to two KB, so this is some 20 to 40 MB.
         *
         * @param spans 1 or more
         * @return this
         * @throws IllegalArgumentException if less
         */
        public Builder maxSpans(int spans) {
            maxSpans = positive(spans, "maxSpans");
            return this;
        }

        /**
         * Sets how long a trace may wait for a retry. Default 1 minute.
         *
         * @param age more than zero
         * @return this
         * @throws IllegalArgumentException if zero or negative
         */
        public Builder maxAge(Duration age) {
            if (age.isZero() || age.isNegative()) {
                throw new IllegalArgumentException("maxAge must be more than zero, is " + age);
            }
            maxAge = age;
            return this;
        }

        /**
         * Makes it.
         *
         * @return sampling for one tracer provider
         */
        public RetrySampling build() {
            return new RetrySampling(this);
        }

        private static int positive(int number, String setting) {
            if (number < 1) {
                throw new IllegalArgumentException(setting + " must be 1 or more, is " + number);
            }
            return number;
        }
    }
}
