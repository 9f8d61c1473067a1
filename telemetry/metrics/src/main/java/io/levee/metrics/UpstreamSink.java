package io.levee.metrics;

import io.levee.Call;
import io.levee.CallView;
import io.levee.Decision;
import io.levee.GrpcStatus;
import io.levee.LeveeEvent;
import io.levee.Outcome;
import io.levee.StopReason;
import io.levee.TelemetrySink;
import io.levee.Verdict;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the calls of one Levee. One that succeeds at once is one addition to a striped counter, and no object. */
final class UpstreamSink implements TelemetrySink {
    /** The stops that are Levee's own doing, to protect the downstream or the caller. */
    private static final Set<StopReason> REFUSALS = EnumSet.of(
            StopReason.BREAKER_OPEN,
            StopReason.NO_PERMIT,
            StopReason.BULKHEAD_FULL,
            StopReason.LIMIT_FULL,
            StopReason.THROTTLED,
            StopReason.RETRY_BUDGET,
            StopReason.DEADLINE,
            StopReason.CLOSED);

    /** The reason of an attempt that the deadline or its caller ended, so that nobody judged it. */
    private static final String CUT_SHORT = "cut-short";

    private final Meters meters;
    private final Upstream upstream;

    UpstreamSink(Meters meters, Upstream upstream) {
        this.meters = meters;
        this.upstream = upstream;
    }

    static boolean isRefusal(StopReason reason) {
        return REFUSALS.contains(reason);
    }

    @Override
    public boolean timesEveryCall() {
        return false;
    }

    @Override
    public void limiterWaited(CallView call, @Nullable Object state, long waitedNanos) {
        upstream.recorder.limiterWaited(waitedNanos / 1e9);
    }

    @Override
    public void attemptEnded(CallView call, @Nullable Object state) {
        Verdict verdict = call.verdict();
        boolean success = verdict != null && verdict.isSuccess();
        if (call.attempt() == 0) {
            if (!success) {
                upstream.firstAttemptsFailed.increment();
                failed(verdict);
            }
            return;
        }
        if (!success) {
            failed(verdict);
        }
        upstream.retries.increment();
        meters.retryEnded(upstream, endpoint(call.call()), status(call, success));
        upstream.recorder.retryEnded(call.retryNanos() / 1e9, call.traceparent());
    }

    private void failed(@Nullable Verdict verdict) {
        meters.attemptFailed(upstream, verdict == null ? CUT_SHORT : verdict.rule());
    }

    private static String endpoint(Call<?> call) {
        String endpoint = call.endpoint();
        return endpoint == null ? MetricOptions.UNNAMED : endpoint;
    }

    private static String status(CallView call, boolean success) {
        Outcome outcome = call.outcome();
        if (outcome != null) {
            if (outcome.status() != Outcome.NO_STATUS) {
                return Integer.toString(outcome.status());
            }
            GrpcStatus code = outcome.grpcStatus();
            if (code != null) {
                return code.name();
            }
        }
        return success ? "ok" : "error";
    }

    @Override
    public void callEnded(CallView call, @Nullable Object state) {
        StopReason stop = call.stop();
        if (stop == null) {
            (call.attemptsMade() > 1 ? upstream.savedByRetry : upstream.succeededAtOnce).increment();
            return;
        }
        (call.attemptsMade() == 0 ? upstream.refused : upstream.failed).increment();
        increment(upstream.stops.get(stop));
        if (isRefusal(stop)) {
            increment(upstream.refusals.get(stop));
        }
        Decision decision = call.decision();
        if (decision != null && decision.degraded()) {
            upstream.fallbacks.increment();
        }
    }

    @Override
    public void breakerChanged(LeveeEvent.BreakerChanged change) {
        increment(upstream.transitions.get(change.to()));
    }

    private static void increment(@Nullable LongAdder adder) {
        if (adder != null) {
            adder.increment();
        }
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
