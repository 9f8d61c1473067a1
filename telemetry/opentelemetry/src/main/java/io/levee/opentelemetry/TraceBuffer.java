package io.levee.opentelemetry;

import io.opentelemetry.sdk.trace.ReadableSpan;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The ended, unsampled spans of traces that may yet be retried. A trace is here while it has open spans in this process; so
 * what a thread does after the local root has ended still belongs to it.
 *
 * <p>One lock, held for map operations only: this runs in diagnosis mode, once at a span's start and once at its end.
 */
final class TraceBuffer {
    /** What a span was dropped for. */
    enum Bound {
        TRACES,
        SPANS_PER_TRACE,
        SPANS,
        AGE,
        /** It ended after its trace had gone. */
        EVICTED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final int maxTraces;
    private final int maxSpansPerTrace;
    private final int maxSpans;
    private final long maxAgeNanos;
    /** Of the JDK and not of core, which is not there in the agent. */
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    /** In the order of their beginning. */
    private final Map<String, Trace> traces = new LinkedHashMap<>();

    private int kept;
    private final AtomicLongArray dropped = new AtomicLongArray(Bound.values().length);

    TraceBuffer(int maxTraces, int maxSpansPerTrace, int maxSpans, long maxAgeNanos) {
        this(maxTraces, maxSpansPerTrace, maxSpans, maxAgeNanos, System::nanoTime);
    }

    TraceBuffer(int maxTraces, int maxSpansPerTrace, int maxSpans, long maxAgeNanos, LongSupplier nanoTime) {
        this.maxTraces = maxTraces;
        this.maxSpansPerTrace = maxSpansPerTrace;
        this.maxSpans = maxSpans;
        this.maxAgeNanos = maxAgeNanos;
        this.nanoTime = nanoTime;
    }

    private static final class Trace {
        final long beganNanos;
        int open;
        boolean promoted;
        List<ReadableSpan> spans = new ArrayList<>();

        Trace(long beganNanos) {
            this.beganNanos = beganNanos;
        }
    }

    /**
     * A span has started.
     *
     * @param retried whether it tells that its trace has a retry
     * @return what is to be exported now
     */
    List<ReadableSpan> started(String traceId, boolean retried) {
        long now = nanoTime.getAsLong();
        lock.lock();
        try {
            Trace trace = traces.get(traceId);
            if (trace == null) {
                makeRoom(now);
                trace = new Trace(now);
                traces.put(traceId, trace);
            }
            trace.open++;
            if (!retried || trace.promoted) {
                return List.of();
            }
            trace.promoted = true;
            return take(trace);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A span has ended.
     *
     * @param sampled whether it is exported in any case
     * @return true if it is to be exported
     */
    boolean ended(String traceId, ReadableSpan span, boolean sampled) {
        lock.lock();
        try {
            Trace trace = traces.get(traceId);
            if (trace == null) {
                if (!sampled) {
                    drop(Bound.EVICTED, 1);
                }
                return sampled;
            }
            trace.open--;
            boolean export = sampled || trace.promoted;
            if (!export) {
                keep(trace, span);
            }
            if (trace.open <= 0) {
                traces.remove(traceId);
                take(trace);
            }
            return export;
        } finally {
            lock.unlock();
        }
    }

    private void keep(Trace trace, ReadableSpan span) {
        if (trace.spans.size() >= maxSpansPerTrace) {
            drop(Bound.SPANS_PER_TRACE, 1);
        } else if (kept >= maxSpans) {
            drop(Bound.SPANS, 1);
        } else {
            trace.spans.add(span);
            kept++;
        }
    }

    private List<ReadableSpan> take(Trace trace) {
        List<ReadableSpan> taken = trace.spans;
        trace.spans = new ArrayList<>();
        kept -= taken.size();
        return taken;
    }

    /** Before another trace begins: those that are too old go, and the oldest if there are too many. */
    private void makeRoom(long nowNanos) {
        Iterator<Trace> oldest = traces.values().iterator();
        while (oldest.hasNext()) {
            Trace trace = oldest.next();
            Bound bound = nowNanos - trace.beganNanos > maxAgeNanos
                    ? Bound.AGE
                    : traces.size() >= maxTraces ? Bound.TRACES : null;
            if (bound == null) {
                return;
            }
            drop(bound, take(trace).size());
            oldest.remove();
        }
    }

    @SuppressWarnings("EnumOrdinal") // an index into an array of this object
    private void drop(Bound bound, int spans) {
        dropped.addAndGet(bound.ordinal(), spans);
    }

    @SuppressWarnings("EnumOrdinal")
    long dropped(Bound bound) {
        return dropped.get(bound.ordinal());
    }

    int kept() {
        lock.lock();
        try {
            return kept;
        } finally {
            lock.unlock();
        }
    }

    int traces() {
        lock.lock();
        try {
            return traces.size();
        } finally {
            lock.unlock();
        }
    }
}
