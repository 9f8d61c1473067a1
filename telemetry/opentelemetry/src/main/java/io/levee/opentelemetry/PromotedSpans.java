package io.levee.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Exports spans that were kept for a retry as what they have become: sampled, for a reason, with unknown probability. */
final class PromotedSpans implements SpanExporter {
    static final AttributeKey<String> SAMPLING_REASON = AttributeKey.stringKey("sampling.reason");
    static final String RETRY = "retry";

    /** OpenTelemetry's own entry of the trace state, and its sampling threshold in it. */
    private static final String OT = "ot";

    private static final String THRESHOLD = "th:";

    private final SpanExporter exporter;

    PromotedSpans(SpanExporter exporter) {
        this.exporter = exporter;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        List<SpanData> sampled = new ArrayList<>(spans.size());
        for (SpanData span : spans) {
            sampled.add(span.getSpanContext().isSampled() ? span : new Promoted(span));
        }
        return exporter.export(sampled);
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }

    /** The trace state without {@code th} in its {@code ot} entry: what was not taken by chance must not count for more. */
    static TraceState withoutThreshold(TraceState state) {
        String ot = state.get(OT);
        if (ot == null || !ot.contains(THRESHOLD)) {
            return state;
        }
        String rest = Arrays.stream(ot.split(";"))
                .filter(part -> !part.startsWith(THRESHOLD))
                .collect(Collectors.joining(";"));
        return rest.isEmpty()
                ? state.toBuilder().remove(OT).build()
                : state.toBuilder().put(OT, rest).build();
    }

    /** Where a span stands once it is sampled. */
    static SpanContext promoted(SpanContext own) {
        return SpanContext.create(
                own.getTraceId(),
                own.getSpanId(),
                TraceFlags.fromByte((byte)
                        (own.getTraceFlags().asByte() | TraceFlags.getSampled().asByte())),
                withoutThreshold(own.getTraceState()));
    }

    private static final class Promoted extends DelegatingSpanData {
        private final SpanContext context;
        private final Attributes attributes;

        Promoted(SpanData kept) {
            super(kept);
            context = promoted(kept.getSpanContext());
            attributes =
                    kept.getAttributes().toBuilder().put(SAMPLING_REASON, RETRY).build();
        }

        @Override
        public SpanContext getSpanContext() {
            return context;
        }

        @Override
        public Attributes getAttributes() {
            return attributes;
        }

        @Override
        public int getTotalAttributeCount() {
            return super.getTotalAttributeCount() + 1;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Promoted that && context.equals(that.context) && super.equals(other);
        }

        @Override
        public int hashCode() {
            return context.hashCode();
        }
    }
}
