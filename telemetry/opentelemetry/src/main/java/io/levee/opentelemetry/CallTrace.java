package io.levee.opentelemetry;

import io.levee.Decision;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The spans of one call. Driven by one thread at a time, whose hand-over orders what it writes; but for {@link #bound},
 * which belongs to the thread that starts the attempt, and {@link #contextOf}, which any thread of an attempt may ask.
 */
final class CallTrace {
    final Span call;
    /** With the call's span; what attempts are children of. */
    final Context context;

    /** Written by the thread that drives; read by threads of attempts that ask for their headers. */
    private volatile @Nullable Running last;

    /** The attempt that was started, or ended, last. */
    private volatile @Nullable Running latest;

    @Nullable
    Scope bound;

    /** Why the attempt that comes next is made; null for the first. */
    @Nullable
    Decision retry;

    CallTrace(Span call, Context context) {
        this.call = call;
        this.context = context;
    }

    /** The attempt that runs; null between attempts. */
    @Nullable
    Running running() {
        return last;
    }

    Running started(int number, Span span) {
        Running started = new Running(number, span, context.with(span), System.nanoTime(), last);
        last = started;
        latest = started;
        return started;
    }

    /** Takes out the attempt with a number; null if it has ended. */
    @Nullable
    Running ended(int number) {
        Running newest = last;
        if (newest == null) {
            return null;
        }
        Running hedged = newest.hedged();
        Running ended;
        if (newest.number() == number) {
            last = hedged;
            ended = newest;
        } else if (hedged != null && hedged.number() == number) {
            last = newest.alone();
            ended = hedged;
        } else {
            return null;
        }
        latest = ended;
        return ended;
    }

    /** Where the attempt that was started, or ended, last stands in the trace. */
    Context latestContext() {
        Running one = latest;
        return one == null ? context : one.context();
    }

    /** Where an attempt stands in the trace; for one that is over, and has been followed by another, where its call does. */
    Context contextOf(int number) {
        for (Running one = last; one != null; one = one.hedged()) {
            if (one.number() == number) {
                return one.context();
            }
        }
        Running one = latest;
        return one != null && one.number() == number ? one.context() : context;
    }

    /**
     * An attempt whose span is open.
     *
     * @param hedged the attempt that it hedges, while both run
     */
    record Running(
            int number,
            Span span,
            Context context,
            long startNanos,
            @Nullable Running hedged) {
        Running alone() {
            return new Running(number, span, context, startNanos, null);
        }
    }
}
