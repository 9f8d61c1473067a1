package io.levee.opentelemetry;

import static io.levee.opentelemetry.RetryAttributes.ATTEMPT;
import static io.levee.opentelemetry.RetryAttributes.ATTEMPTS;
import static io.levee.opentelemetry.RetryAttributes.BUDGET_LEFT;
import static io.levee.opentelemetry.RetryAttributes.COUNT;
import static io.levee.opentelemetry.RetryAttributes.DECISION;
import static io.levee.opentelemetry.RetryAttributes.DELAY_MS;
import static io.levee.opentelemetry.RetryAttributes.DOWNSTREAM;
import static io.levee.opentelemetry.RetryAttributes.ERROR_TYPE;
import static io.levee.opentelemetry.RetryAttributes.FATE;
import static io.levee.opentelemetry.RetryAttributes.OPERATION;
import static io.levee.opentelemetry.RetryAttributes.OUTCOME;
import static io.levee.opentelemetry.RetryAttributes.REASON;
import static io.levee.opentelemetry.RetryAttributes.RESEND_COUNT;
import static io.levee.opentelemetry.RetryAttributes.RPC_STATUS;
import static io.levee.opentelemetry.RetryAttributes.RULE;
import static io.levee.opentelemetry.RetryAttributes.STATUS;
import static io.levee.opentelemetry.RetryAttributes.STOP;
import static io.levee.opentelemetry.RetryAttributes.WAITED_MS;

import io.levee.CallTarget;
import io.levee.CallView;
import io.levee.Decision;
import io.levee.Fate;
import io.levee.GrpcStatus;
import io.levee.LeveeEvent;
import io.levee.Outcome;
import io.levee.StopReason;
import io.levee.TelemetrySink;
import io.levee.Verdict;
import io.levee.redaction.Redaction;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The spans of the calls to one downstream. Thread-safe: what a call has is in its {@link CallTrace}. */
final class SpanSink implements TelemetrySink {
    private static final double NANOS_PER_MILLI = 1e6;
    /** Why a hedge was sent, where a retry has the rule of the attempt before. */
    private static final String HEDGE = "hedge";

    private final String downstream;
    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final ExceptionRecorder exceptions;
    private final boolean otherClientSpans;
    private final Redaction redaction;
    private final ShownNames names;

    SpanSink(
            String downstream,
            Tracer tracer,
            TextMapPropagator propagator,
            ExceptionRecorder exceptions,
            boolean otherClientSpans,
            Redaction redaction) {
        this.downstream = downstream;
        this.tracer = tracer;
        this.propagator = propagator;
        this.exceptions = exceptions;
        this.otherClientSpans = otherClientSpans;
        this.redaction = redaction;
        names = new ShownNames(redaction);
    }

    /** Spans have clocks of their own. */
    @Override
    public boolean timesEveryCall() {
        return false;
    }

    @Override
    public Object callStarted(CallView call) {
        String operation = names.of(call.call().operation());
        SpanBuilder builder = tracer.spanBuilder("retry.execute " + (operation.isEmpty() ? downstream : operation))
                .setAttribute(DOWNSTREAM, downstream);
        if (!operation.isEmpty()) {
            builder.setAttribute(OPERATION, operation);
        }
        Context parent = Context.current();
        Span span = builder.setParent(parent).startSpan();
        return new CallTrace(span, parent.with(span));
    }

    @Override
    public void limiterWaited(CallView call, @Nullable Object state, long waitedNanos) {
        if (state instanceof CallTrace trace) {
            trace.call.addEvent("retry.limiter_wait", Attributes.of(WAITED_MS, waitedNanos / NANOS_PER_MILLI));
        }
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // attemptLeft() closes it
    public void attemptStarted(CallView call, Object state) {
        CallTrace trace = (CallTrace) state;
        CallTarget target = call.call().target();
        SpanBuilder builder = tracer.spanBuilder(name(call, target))
                .setParent(trace.context)
                .setSpanKind(target == null || otherClientSpans ? SpanKind.INTERNAL : SpanKind.CLIENT)
                .setAttribute(ATTEMPT, (long) call.attempt());
        CallTrace.Running overlapped = trace.running();
        Decision retry = trace.retry;
        if (overlapped != null) {
            builder.addLink(overlapped.span().getSpanContext());
            isRetry(builder, call, System.nanoTime() - overlapped.startNanos(), HEDGE);
        } else if (retry != null) {
            isRetry(builder, call, retry.backoffNanos(), retry.rule());
        }
        if (target != null) {
            builder.setAllAttributes(SpanTarget.attributes(target, names));
        }
        trace.bound =
                trace.started(call.attempt(), builder.startSpan()).context().makeCurrent();
    }

    /** At the start, so that a sampler sees it. */
    private static void isRetry(SpanBuilder builder, CallView call, long delayNanos, String reason) {
        builder.setAttribute(COUNT, (long) call.attempt())
                .setAttribute(RESEND_COUNT, (long) call.attempt())
                .setAttribute(DELAY_MS, TimeUnit.NANOSECONDS.toMillis(delayNanos))
                .setAttribute(REASON, reason);
    }

    /** As the conventions name a client's span; {@code retry.attempt} for what is no adapter's. */
    private String name(CallView call, @Nullable CallTarget target) {
        String operation = names.of(call.call().operation());
        if (target == null) {
            return operation.isEmpty() ? "retry.attempt" : "retry.attempt " + operation;
        }
        String template = SpanTarget.isDatabase(target) ? operation : target.template();
        return template == null || template.isEmpty() ? target.method() : target.method() + ' ' + names.of(template);
    }

    @Override
    public void attemptLeft(Object state) {
        CallTrace trace = (CallTrace) state;
        Scope bound = trace.bound;
        if (bound != null) {
            trace.bound = null;
            bound.close();
        }
    }

    @Override
    public void attemptEnded(CallView call, @Nullable Object state) {
        if (!(state instanceof CallTrace trace)) {
            return;
        }
        CallTrace.Running ended = trace.ended(call.attempt());
        if (ended == null) {
            return;
        }
        Span span = ended.span();
        if (span.isRecording()) {
            Outcome outcome = call.outcome();
            GrpcStatus code = outcome == null ? null : outcome.grpcStatus();
            if (outcome != null && outcome.status() != Outcome.NO_STATUS) {
                span.setAttribute(STATUS, (long) outcome.status());
            }
            if (code != null) {
                span.setAttribute(RPC_STATUS, code.name());
            }
            Fate fate = call.fate();
            if (fate != null) {
                span.setAttribute(FATE, fate.name());
            }
            String error = errorType(call, outcome, code);
            if (error != null) {
                span.setAttribute(ERROR_TYPE, error).setStatus(StatusCode.ERROR);
            }
            CallTarget target = call.call().target();
            if (target != null && SpanTarget.isDatabase(target)) {
                // A first attempt learns it from its connection.
                span.setAllAttributes(SpanTarget.attributes(target, names));
            }
            Throwable thrown = call.thrown();
            if (thrown != null) {
                exceptions.record(span, ended.context(), SpanTarget.exceptionEvent(target), thrown);
            }
        }
        span.end();
    }

    /** The status, the gRPC code or the exception's class; null for what succeeded, or was cut short by the caller. */
    private static @Nullable String errorType(CallView call, @Nullable Outcome outcome, @Nullable GrpcStatus code) {
        Verdict verdict = call.verdict();
        if (outcome != null && outcome.status() >= 400) {
            return Integer.toString(outcome.status());
        }
        if (code != null && code != GrpcStatus.OK) {
            return code.name();
        }
        Throwable thrown = call.thrown();
        if (thrown != null) {
            return thrown.getClass().getName();
        }
        return verdict == null || verdict.isSuccess() ? null : verdict.rule();
    }

    @Override
    public void retryScheduled(CallView call, @Nullable Object state, Decision decision) {
        if (!(state instanceof CallTrace trace)) {
            return;
        }
        trace.retry = decision;
        if (trace.call.isRecording()) {
            AttributesBuilder attributes = Attributes.builder()
                    .put(ATTEMPT, (long) decision.attempt() + 1)
                    .put(DELAY_MS, TimeUnit.NANOSECONDS.toMillis(decision.backoffNanos()))
                    .put(REASON, decision.rule())
                    .put(DECISION, redaction.of(decision.toString()));
            if (!Double.isNaN(decision.retryBudgetLeft())) {
                attributes.put(BUDGET_LEFT, decision.retryBudgetLeft());
            }
            trace.call.addEvent("retry.backoff", attributes.build());
        }
    }

    @Override
    public void callEnded(CallView call, @Nullable Object state) {
        if (!(state instanceof CallTrace trace)) {
            return;
        }
        CallTrace.Running withdrawn = trace.running();
        if (withdrawn != null) {
            // Before anything was sent.
            trace.ended(withdrawn.number());
            withdrawn.span().setAttribute(FATE, Fate.NEVER_SENT.name());
            withdrawn.span().end();
        }
        Span span = trace.call;
        if (span.isRecording()) {
            span.setAttribute(ATTEMPTS, (long) call.attemptsMade());
            span.setAttribute(OUTCOME, call.result().name().toLowerCase(Locale.ROOT));
            if (call.attemptsMade() > 1) {
                span.setAttribute(COUNT, (long) call.attemptsMade() - 1);
            }
            StopReason stop = call.stop();
            if (stop != null) {
                stopped(call, span, stop);
            }
        }
        span.end();
    }

    private void stopped(CallView call, Span span, StopReason stop) {
        Decision decision = call.decision();
        span.setAttribute(STOP, stop.name());
        if (decision != null) {
            span.setAttribute(DECISION, redaction.of(decision.toString()));
            span.setAttribute(RULE, decision.rule());
            if (decision.fate() == null) {
                span.addEvent("retry.refused", Attributes.of(STOP, stop.name(), ATTEMPT, (long) call.attempt()));
            }
        }
        // What the caller took back is no error.
        if (stop != StopReason.CANCELLED) {
            String error = decision == null ? null : decision.errorType();
            span.setStatus(StatusCode.ERROR);
            span.setAttribute(ERROR_TYPE, error == null ? stop.name() : error);
        }
    }

    @Override
    public void breakerChanged(LeveeEvent.BreakerChanged change) {
        Span around = Span.current();
        if (around.isRecording()) {
            around.addEvent(
                    "levee.breaker",
                    Attributes.builder()
                            .put(DOWNSTREAM, downstream)
                            .put("levee.breaker.from", change.from().name())
                            .put("levee.breaker.to", change.to().name())
                            .put("levee.breaker.reason", change.reason())
                            .build());
        }
    }

    @Override
    public @Nullable String traceparent(Object state) {
        SpanContext at = Span.fromContext(((CallTrace) state).latestContext()).getSpanContext();
        return at.isValid()
                ? "00-" + at.getTraceId() + '-' + at.getSpanId() + '-'
                        + at.getTraceFlags().asHex()
                : null;
    }

    @Override
    public void inject(Object state, int attempt, BiConsumer<String, String> header) {
        propagator.inject(((CallTrace) state).contextOf(attempt), header, (to, name, value) -> {
            if (to != null) {
                to.accept(name, value);
            }
        });
    }
}
