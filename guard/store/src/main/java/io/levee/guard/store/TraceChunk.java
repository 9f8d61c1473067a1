package io.levee.guard.store;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.FailedCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The worst traces of each minute of an hour. */
final class TraceChunk extends Chunk {
    /** As the database knows it, behind those of the counts. */
    static final int LEVEL = 3;

    /** By the second at which the minute begins. */
    private final NavigableMap<Long, List<FailedCall>> minutes = new TreeMap<>();

    TraceChunk(Series series, Row row) {
        super(series, row.begin(), row.seq());
        byte[] data = row.data();
        if (data != null) {
            Packed.Reader in = new Packed.Reader(data);
            while (in.hasMore()) {
                add(List.of(read(in)));
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

    void add(List<FailedCall> calls) {
        for (FailedCall call : calls) {
            long second = call.time().getEpochSecond();
            minutes.merge(second - Math.floorMod(second, 60L), List.of(call), FailedCall::worst);
        }
    }

    /** Those of the minutes that begin from one second to before another. */
    List<FailedCall> between(long from, long to) {
        List<FailedCall> found = new ArrayList<>();
        for (Map.Entry<Long, List<FailedCall>> minute :
                minutes.subMap(from, true, Math.max(from, to), false).entrySet()) {
            found.addAll(minute.getValue());
        }
        return found;
    }

    @Override
    byte[] packed() {
        Packed.Writer out = new Packed.Writer();
        minutes.values().forEach(calls -> calls.forEach(call -> write(call, out)));
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
        out.number(call.outcome() == Event.Outcome.BAD ? 1 : 2);
        Long duration = call.durationMs();
        out.number(duration == null ? 0 : duration + 1);
        out.text(call.businessEvent());
    }

    static FailedCall read(Packed.Reader in) {
        Instant time = Instant.ofEpochSecond(in.number(), in.number());
        String trace = in.text();
        Event.Outcome outcome = in.number() == 1 ? Event.Outcome.BAD : Event.Outcome.DEGRADED;
        long duration = in.number();
        return new FailedCall(
                time, trace == null ? "" : trace, outcome, duration == 0 ? null : duration - 1, in.text());
    }
}
