package io.levee.guard.store;

import org.jspecify.annotations.Nullable;

/** Counts of the steps of one chunk: packed while they are only read, unfolded while they change. */
final class CountChunk extends Chunk {
    private final Level level;
    private final Sums total = new Sums();
    private byte @Nullable [] packed;
    private @Nullable Sums @Nullable [] unfolded;

    CountChunk(Level level, Series series, Row row) {
        super(series, row.begin(), row.seq());
        this.level = level;
        this.packed = row.data();
        forEach(0, level.steps(), (step, sums) -> total.add(sums));
    }

    /** Takes the counts of a step; the object is reused for the next one. */
    @FunctionalInterface
    interface StepVisitor {
        void visit(int step, Sums sums);
    }

    @Override
    int level() {
        return level.number();
    }

    Level resolution() {
        return level;
    }

    /** All steps together; not to be changed. */
    Sums total() {
        return total;
    }

    boolean isEmpty() {
        return total.isEmpty();
    }

    void add(int step, Sums more) {
        @Nullable Sums[] steps = unfolded();
        Sums sums = steps[step];
        if (sums == null) {
            sums = new Sums();
            steps[step] = sums;
        }
        sums.add(more);
        total.add(more);
    }

    private @Nullable Sums[] unfolded() {
        @Nullable Sums[] steps = unfolded;
        if (steps == null) {
            @Nullable Sums[] fresh = new Sums[level.steps()];
            forEach(0, level.steps(), (step, sums) -> {
                Sums copy = new Sums();
                copy.add(sums);
                fresh[step] = copy;
            });
            unfolded = fresh;
            packed = null;
            steps = fresh;
        }
        return steps;
    }

    /** The steps from one to before another that have events, in order. */
    void forEach(int from, int to, StepVisitor visitor) {
        @Nullable Sums[] steps = unfolded;
        if (steps != null) {
            for (int step = from; step < to; step++) {
                Sums sums = steps[step];
                if (sums != null) {
                    visitor.visit(step, sums);
                }
            }
            return;
        }
        byte[] bytes = packed;
        if (bytes == null) {
            return;
        }
        Packed.Reader in = new Packed.Reader(bytes);
        Sums sums = new Sums();
        int step = 0;
        while (in.hasMore() && step < to) {
            step += (int) sums.read(in);
            if (step >= from && step < to) {
                visitor.visit(step, sums);
            }
            step++;
        }
    }

    @Override
    byte[] packed() {
        byte[] bytes = packed;
        if (bytes != null) {
            return bytes;
        }
        Packed.Writer out = new Packed.Writer();
        int[] next = {0};
        forEach(0, level.steps(), (step, sums) -> {
            sums.write(out, step - next[0]);
            next[0] = step + 1;
        });
        return out.bytes();
    }

    @Override
    void fold() {
        packed = packed();
        unfolded = null;
    }
}
