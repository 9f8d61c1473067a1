package io.levee.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/** Lets a processor that takes sampled spans alone take those that were kept for a retry: to it, they are sampled. */
final class PromotingProcessor implements SpanProcessor {
    private final SpanProcessor exporting;

    PromotingProcessor(SpanProcessor exporting) {
        this.exporting = exporting;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        exporting.onStart(parent, span);
    }

    @Override
    public boolean isStartRequired() {
        return exporting.isStartRequired();
    }

    @Override
    public void onEnd(ReadableSpan span) {
        exporting.onEnd(span.getSpanContext().isSampled() ? span : new Promoted(span));
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporting.shutdown();
    }

    @Override
    public CompletableResultCode forceFlush() {
        return exporting.forceFlush();
    }

    /** Sampled for who asks; its data stay as they are until {@link PromotedSpans} exports them. */
    private record Promoted(ReadableSpan kept) implements ReadableSpan {
        @Override
        public SpanContext getSpanContext() {
            return PromotedSpans.promoted(kept.getSpanContext());
        }

        @Override
        public SpanContext getParentSpanContext() {
            return kept.getParentSpanContext();
        }

        @Override
        public String getName() {
            return kept.getName();
        }

        @Override
        public SpanData toSpanData() {
            return kept.toSpanData();
        }

        @Override
        @Deprecated // abstract all the same
        public io.opentelemetry.sdk.common.InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
            return kept.getInstrumentationLibraryInfo();
        }

        @Override
        public InstrumentationScopeInfo getInstrumentationScopeInfo() {
            return kept.getInstrumentationScopeInfo();
        }

        @Override
        public boolean hasEnded() {
            return kept.hasEnded();
        }

        @Override
        public long getLatencyNanos() {
            return kept.getLatencyNanos();
        }

        @Override
        public SpanKind getKind() {
            return kept.getKind();
        }

        @Override
        public <T> @Nullable T getAttribute(AttributeKey<T> key) {
            return kept.getAttribute(key);
        }

        @Override
        public Attributes getAttributes() {
            return kept.getAttributes();
        }
    }
}
