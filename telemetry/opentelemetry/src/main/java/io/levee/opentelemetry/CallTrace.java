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

    @Nullable
    Span attempt;

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
}
