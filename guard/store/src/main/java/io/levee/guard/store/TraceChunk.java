package io.levee.guard.store;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.FailedCall;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The worst traces of each minute of an hour, and decision records of retries. */
final class TraceChunk extends Chunk {
    /** As the database knows it, behind those of the counts. */
    static final int LEVEL = 3;

    static final int BAD = 1;
    static final int DEGRADED = 2;

    /** By the second at which the minute begins. */
    private final NavigableMap<Long, Noted> minutes = new TreeMap<>();

    TraceChunk(Series series, Row row) {
        super(series, row.begin(), row.seq());
        byte[] data = row.data();
        if (data != null) {
            Packed.Reader in = new Packed.Reader(data);
            while (in.hasMore()) {
                add(Noted.read(in));
            }
        }
    }

    static long chunkOf(long second) {
        return Level.MINUTES.chunkOf(second);
    }

    @Override
    int level() {
        return LEVEL;
    }

    void add(Noted noted) {
        noted.failed().forEach(call -> add(call.time(), new Noted(List.of(call), List.of())));
        noted.decisions().forEach(decision -> add(decision.time(), Noted.of(decision)));
    }

    private void add(Instant time, Noted one) {
        long second = time.getEpochSecond();
        minutes.merge(second - Math.floorMod(second, 60L), one, Noted::plus);
    }

    /** Those of the minutes that begin from one second to before another. */
    Collection<Noted> between(long from, long to) {
        return minutes.subMap(from, true, Math.max(from, to), false).values();
    }

    @Override
    byte[] packed() {
        Packed.Writer out = new Packed.Writer();
        minutes.values().forEach(noted -> noted.write(out));
        return out.bytes();
    }

    @Override
    void fold() {
        // Nothing is unfolded: hours with failures are few.
    }

    static void write(FailedCall call, Packed.Writer out) {
        Instant time = call.time();
        out.number(time.getEpochSecond());
        out.number(time.getNano());
        out.text(call.traceId());
        out.number(call.outcome() == Event.Outcome.BAD ? BAD : DEGRADED);
        Long duration = call.durationMs();
        out.number(duration == null ? 0 : duration + 1);
        out.text(call.businessEvent());
    }

    /** What follows the time, the trace and the outcome. */
    static FailedCall read(Instant time, @Nullable String trace, long code, Packed.Reader in) {
        Event.Outcome outcome = code == BAD ? Event.Outcome.BAD : Event.Outcome.DEGRADED;
        long duration = in.number();
        return new FailedCall(
                time, trace == null ? "" : trace, outcome, duration == 0 ? null : duration - 1, in.text());
    }
}
