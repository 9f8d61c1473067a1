package io.levee.opentelemetry;

import io.levee.CallView;
import io.levee.Decision;
import io.levee.LeveeEvent;
import io.levee.TelemetrySink;
import io.opentelemetry.api.GlobalOpenTelemetry;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Traces from when the global OpenTelemetry has been set, which may be after the first Levee was built. */
final class GlobalSink implements TelemetrySink {
    private final String downstream;

    /** A race makes two equal ones. */
    private volatile @Nullable SpanSink spans;

    GlobalSink(String downstream) {
        this.downstream = downstream;
    }

    private @Nullable SpanSink spans() {
        SpanSink known = spans;
        // Asking for the global one before it is set would set it, for good, to one that does nothing.
        if (known == null && GlobalOpenTelemetry.isSet()) {
            known = LeveeOpenTelemetry.of(GlobalOpenTelemetry.get()).sinkFor(downstream);
            spans = known;
        }
        return known;
    }

    @Override
    public boolean timesEveryCall() {
        return false;
    }

    @Override
    public @Nullable Object callStarted(CallView call) {
        SpanSink sink = spans();
        return sink == null ? null : sink.callStarted(call);
    }

    @Override
    public void limiterWaited(CallView call, @Nullable Object state, long waitedNanos) {
        SpanSink sink = spans;
        if (sink != null) {
            sink.limiterWaited(call, state, waitedNanos);
        }
    }

    @Override
    public void attemptStarted(CallView call, Object state) {
        SpanSink sink = spans;
        if (sink != null) {
            sink.attemptStarted(call, state);
        }
    }

    @Override
    public void attemptLeft(Object state) {
        SpanSink sink = spans;
        if (sink != null) {
            sink.attemptLeft(state);
        }
    }

    @Override
    public void attemptEnded(CallView call, @Nullable Object state) {
        SpanSink sink = spans;
        if (sink != null) {
            sink.attemptEnded(call, state);
        }
    }

    @Override
    public void retryScheduled(CallView call, @Nullable Object state, Decision decision) {
        SpanSink sink = spans;
        if (sink != null) {
            sink.retryScheduled(call, state, decision);
        }
    }

    @Override
    public void callEnded(CallView call, @Nullable Object state) {
        SpanSink sink = spans;
        if (sink != null) {
            sink.callEnded(call, state);
        }
    }

    @Override
    public void breakerChanged(LeveeEvent.BreakerChanged change) {
        SpanSink sink = spans;
        if (sink != null) {
            sink.breakerChanged(change);
        }
    }

    @Override
    public @Nullable String traceparent(Object state) {
        SpanSink sink = spans;
        return sink == null ? null : sink.traceparent(state);
    }

    @Override
    public void inject(Object state, int attempt, BiConsumer<String, String> header) {
        SpanSink sink = spans;
        if (sink != null) {
            sink.inject(state, attempt, header);
        }
    }
}
