package io.levee.guard.store;

import io.levee.guard.slo.gate.FailedCall;
import java.util.ArrayList;
import java.util.List;

/**
 * What events add to 10 seconds of a series.
 *
 * @param series its number
 * @param second the first of the 10
 * @param sums how many; not changed any more
 * @param firstMs when the first of them happened
 * @param lastMs when the last one did
 * @param failed the worst traces
 */
record Delta(long series, long second, Sums sums, long firstMs, long lastMs, List<FailedCall> failed) {
    static byte[] pack(List<Delta> deltas) {
        Packed.Writer out = new Packed.Writer(deltas.size() * 24 + 16);
        for (Delta delta : deltas) {
            out.number(delta.series);
            delta.sums.write(out, delta.second / Level.TENS.stepSeconds());
            out.number(delta.firstMs);
            out.number(delta.lastMs - delta.firstMs);
            out.number(delta.failed.size());
            delta.failed.forEach(call -> TraceChunk.write(call, out));
        }
        return out.bytes();
    }

    static List<Delta> unpack(byte[] bytes) {
        List<Delta> deltas = new ArrayList<>();
        Packed.Reader in = new Packed.Reader(bytes);
        while (in.hasMore()) {
            long series = in.number();
            Sums sums = new Sums();
            long second = sums.read(in) * Level.TENS.stepSeconds();
            long first = in.number();
            long last = first + in.number();
            List<FailedCall> failed = new ArrayList<>();
            for (long left = in.number(); left > 0; left--) {
                failed.add(TraceChunk.read(in));
            }
            deltas.add(new Delta(series, second, sums, first, last, failed));
        }
        return deltas;
    }
}
