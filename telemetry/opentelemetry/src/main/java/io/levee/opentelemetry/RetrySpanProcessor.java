package io.levee.opentelemetry;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/** Hands on what is sampled at once, and what is not when its trace is retried. */
final class RetrySpanProcessor implements SpanProcessor {
    private final RetrySampling sampling;
    private final TraceBuffer buffer;
    private final SpanProcessor batches;

    RetrySpanProcessor(RetrySampling sampling, TraceBuffer buffer, SpanProcessor batches) {
        this.sampling = sampling;
        this.buffer = buffer;
        this.batches = batches;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        if (batches.isStartRequired()) {
            batches.onStart(parent, span);
        }
        // Traces of the share come here as well while the mode is off; they have nothing to wait for.
        boolean retried = RetrySampler.isRetry(span.getAttributes());
        for (ReadableSpan kept : buffer.started(span.getSpanContext().getTraceId(), retried)) {
            batches.onEnd(kept);
        }
    }

    @Override
    public boolean isStartRequired() {
        return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (buffer.ended(
                span.getSpanContext().getTraceId(), span, span.getSpanContext().isSampled())) {
            batches.onEnd(span);
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    @Override
    public CompletableResultCode shutdown() {
        sampling.close();
        return batches.shutdown();
    }

    @Override
    public CompletableResultCode forceFlush() {
        return batches.forceFlush();
    }
}
