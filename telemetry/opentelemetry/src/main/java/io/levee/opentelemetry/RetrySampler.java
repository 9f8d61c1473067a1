package io.levee.opentelemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The share as it is; in diagnosis mode retries are sampled besides, and everything else is recorded. */
final class RetrySampler implements Sampler {
    private static final SamplingResult RECORD = SamplingResult.create(SamplingDecision.RECORD_ONLY);

    private final RetrySampling settings;
    private final Sampler share;

    RetrySampler(RetrySampling settings, Sampler share) {
        this.settings = settings;
        this.share = share;
    }

    @Override
    public SamplingResult shouldSample(
            Context parent,
            String traceId,
            String name,
            SpanKind kind,
            Attributes attributes,
            List<LinkData> parentLinks) {
        SamplingResult result = share.shouldSample(parent, traceId, name, kind, attributes, parentLinks);
        if (result.getDecision() == SamplingDecision.RECORD_AND_SAMPLE || !isDiagnosed(parent)) {
            return result;
        }
        return isRetry(attributes) ? Kept.INSTANCE : RECORD;
    }

    /**
     * What holds as the first span of this process begins holds for all of its trace here: the mode may be switched in mid-call,
     * and half a trace misleads.
     */
    private boolean isDiagnosed(Context context) {
        Span parent = Span.fromContext(context);
        SpanContext from = parent.getSpanContext();
        if (!from.isValid() || from.isRemote()) {
            return settings.isDiagnosis();
        }
        // Only a span that was dropped at its start is not readable; one that has ended still is.
        return parent instanceof ReadableSpan;
    }

    @Override
    public String getDescription() {
        return "RetrySampler{" + share.getDescription() + '}';
    }

    static boolean isRetry(Attributes attributes) {
        return isPositive(attributes.get(RetryAttributes.ATTEMPT))
                || isPositive(attributes.get(RetryAttributes.COUNT))
                || isPositive(attributes.get(RetryAttributes.RESEND_COUNT));
    }

    private static boolean isPositive(@Nullable Long number) {
        return number != null && number > 0;
    }

    /** Sampled for what it is, not by chance. */
    private enum Kept implements SamplingResult {
        INSTANCE;

        private static final Attributes WHY = Attributes.of(PromotedSpans.SAMPLING_REASON, PromotedSpans.RETRY);

        @Override
        public SamplingDecision getDecision() {
            return SamplingDecision.RECORD_AND_SAMPLE;
        }

        @Override
        public Attributes getAttributes() {
            return WHY;
        }

        @Override
        public TraceState getUpdatedTraceState(TraceState parentTraceState) {
            return PromotedSpans.withoutThreshold(parentTraceState);
        }
    }
}
