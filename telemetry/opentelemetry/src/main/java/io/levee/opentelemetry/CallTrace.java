package io.levee.opentelemetry;

import io.levee.Decision;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The spans of one call. Driven by one thread at a time, whose hand-over orders what it writes; but for {@link #bound},
 * which belongs to the thread that starts the attempt, and {@link #attemptContext}, which any thread of the attempt may read.
 */
final class CallTrace {
    final Span call;
    /** With the call's span; what attempts are children of. */
    final Context context;

    private @Nullable Running last;
    /** The attempt that the last one hedges, while both run. */
    private @Nullable Running hedged;

    /** Of the attempt that was started, or ended, last. */
    volatile Context attemptContext;

    @Nullable
    Scope bound;

    /** Why the attempt that comes next is made; null for the first. */
    @Nullable
    Decision retry;

    CallTrace(Span call, Context context) {
        this.call = call;
        this.context = context;
        attemptContext = context;
    }

    /** The attempt that runs; null between attempts. */
    @Nullable
    Running running() {
        return last;
    }

    Running started(int number, Span span) {
        Running started = new Running(number, span, context.with(span), System.nanoTime());
        hedged = last;
        last = started;
        attemptContext = started.context();
        return started;
    }

    /** Takes out the attempt with a number; null if it has ended. */
    @Nullable
    Running ended(int number) {
        Running one = last;
        if (one != null && one.number() == number) {
            last = hedged;
        } else {
            one = hedged;
            if (one == null || one.number() != number) {
                return null;
            }
        }
        hedged = null;
        attemptContext = one.context();
        return one;
    }

    /** An attempt whose span is open. */
    record Running(int number, Span span, Context context, long startNanos) {}
}
