package io.levee.guard.store;

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
 * @param noted the worst traces, and some decision records
 */
record Delta(long series, long second, Sums sums, long firstMs, long lastMs, Noted noted) {
    static byte[] pack(List<Delta> deltas) {
        Packed.Writer out = new Packed.Writer(deltas.size() * 24 + 16);
        for (Delta delta : deltas) {
            out.number(delta.series);
            delta.sums.write(out, delta.second / Level.TENS.stepSeconds());
            out.number(delta.firstMs);
            out.number(delta.lastMs - delta.firstMs);
            out.number(delta.noted.size());
            delta.noted.write(out);
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
            Noted noted = Noted.NOTHING;
            for (long left = in.number(); left > 0; left--) {
                noted = noted.plus(Noted.read(in));
            }
            deltas.add(new Delta(series, second, sums, first, last, noted));
        }
        return deltas;
    }
}
