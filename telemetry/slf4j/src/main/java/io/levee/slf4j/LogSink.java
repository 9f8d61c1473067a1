package io.levee.slf4j;

import io.levee.CallView;
import io.levee.Decision;
import io.levee.StopReason;
import io.levee.TelemetrySink;
import io.levee.Verdict;
import io.levee.redaction.Redaction;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/** The log of the calls to one downstream. Decides what is written; the {@link Courier} writes it. Thread-safe. */
final class LogSink implements TelemetrySink {
    private static final String RETRY = "task_retry";
    private static final String GIVEN_UP = "final_error_log";
    private static final String LEFT_OUT = "log_suppressed";

    private final String downstream;
    private final Logger logger;
    private final Courier courier;
    private final Redaction redaction;
    private final Repeats repeats;

    LogSink(String downstream, Courier courier, Redaction redaction, Repeats repeats) {
        this.downstream = downstream;
        this.logger = LoggerFactory.getLogger("io.levee." + downstream);
        this.courier = courier;
        this.redaction = redaction;
        this.repeats = repeats;
    }

    @Override
    public boolean timesEveryCall() {
        return false;
    }

    /** The caller's MDC, for a call that has one; without it, the call keeps nothing. */
    private static final class Kept {
        final Map<String, String> mdc;
        private final Thread caller = Thread.currentThread();
        /** What the thread that starts the attempt had; written and read by that thread alone. */
        private @Nullable Map<String, String> before;

        private boolean bound;

        Kept(Map<String, String> mdc) {
            this.mdc = mdc;
        }

        void bind() {
            if (Thread.currentThread() != caller) {
                before = MDC.getCopyOfContextMap();
                bound = true;
                MDC.setContextMap(mdc);
            }
        }

        void unbind() {
            if (bound) {
                bound = false;
                restore(before);
                before = null;
            }
        }

        static void restore(@Nullable Map<String, String> before) {
            if (before == null) {
                MDC.clear();
            } else {
                MDC.setContextMap(before);
            }
        }
    }

    @Override
    public @Nullable Object callStarted(CallView call) {
        Map<String, String> mdc = MDC.getCopyOfContextMap();
        return mdc == null || mdc.isEmpty() ? null : new Kept(mdc);
    }

    @Override
    public void attemptStarted(CallView call, Object state) {
        ((Kept) state).bind();
    }

    @Override
    public void attemptLeft(Object state) {
        ((Kept) state).unbind();
    }

    @Override
    public void retryScheduled(CallView call, @Nullable Object state, Decision decision) {
        Repeats.Kind kind = admitted(RETRY, decision.rule(), Level.INFO);
        if (kind != null) {
            Entry entry = entry(Level.INFO, RETRY, call, state, decision, kind);
            entry.put("retry_count", decision.attempt());
            entry.put("backoff_ms", TimeUnit.NANOSECONDS.toMillis(decision.backoffNanos()));
            write(entry, decision, call.thrown());
        }
    }

    @Override
    public void callEnded(CallView call, @Nullable Object state) {
        StopReason stop = call.stop();
        if (stop == null || stop == StopReason.CANCELLED || isNobodysFault(call)) {
            return;
        }
        Repeats.Kind kind = admitted(GIVEN_UP, stop.name(), Level.WARN);
        Decision decision = kind == null ? null : call.decision();
        if (kind == null || decision == null) {
            return;
        }
        Entry entry = entry(decision.degraded() ? Level.WARN : Level.ERROR, GIVEN_UP, call, state, decision, kind);
        entry.put("retry_count", Math.max(0, call.attemptsMade() - 1));
        entry.put("stop", stop.name());
        entry.put("degraded", decision.degraded());
        write(entry, decision, call.thrown());
    }

    /** The downstream worked; its answer is an error that the request made. */
    private static boolean isNobodysFault(CallView call) {
        Verdict verdict = call.verdict();
        return verdict != null && verdict.health() == Verdict.Health.HEALTHY;
    }

    /** The kind of an entry that is to be written; null if its level is off or the limit leaves it out. */
    private Repeats.@Nullable Kind admitted(String event, String reason, Level level) {
        if (!logger.isEnabledForLevel(level)) {
            return null;
        }
        Repeats.Kind kind = repeats.of(event, reason);
        return kind.admits(() -> leftOut(event, reason, kind.takeLeftOut())) ? kind : null;
    }

    private Entry entry(
            Level level, String event, CallView call, @Nullable Object state, Decision decision, Repeats.Kind kind) {
        Map<String, String> mdc = state instanceof Kept kept ? kept.mdc : Map.of();
        Entry entry = new Entry(logger, level, event, mdc);
        entry.put("service", downstream);
        if (!decision.operation().isEmpty()) {
            entry.put("endpoint", redaction.of(decision.operation()));
        }
        entry.trace(call.traceparent());
        entry.put("reason", decision.rule());
        if (decision.elapsedNanos() >= 0) {
            entry.put("elapsed_ms", TimeUnit.NANOSECONDS.toMillis(decision.elapsedNanos()));
        }
        if (!Double.isNaN(decision.retryBudgetLeft())) {
            entry.put("retry_budget_left", decision.retryBudgetLeft());
        }
        long leftOut = kind.takeLeftOut();
        if (leftOut > 0) {
            entry.put("suppressed", leftOut);
        }
        return entry;
    }

    private void write(Entry entry, Decision decision, @Nullable Throwable thrown) {
        if (decision.errorType() != null) {
            entry.put("error_type", decision.errorType());
        }
        courier.write(() -> {
            entry.put("decision", redaction.of(decision.toString()));
            if (thrown != null) {
                entry.put("error_stack", redaction.stackOf(thrown));
            }
            entry.write();
        });
    }

    private void leftOut(String event, String reason, long count) {
        if (count > 0) {
            Entry entry = new Entry(logger, Level.WARN, LEFT_OUT, Map.of());
            entry.put("service", downstream);
            entry.put("of", event);
            entry.put("reason", reason);
            entry.put("suppressed", count);
            courier.write(entry::write);
        }
    }

    @Override
    public void closed() {
        repeats.takeAll(this::leftOut);
    }
}
