package io.levee;

/** What belongs to one of two attempts that are out at the same time: see {@link CallMachine#focus}. Immutable. */
final class Lane {
    final boolean isFirst;
    final boolean inBulkhead;
    final boolean inLimit;
    final long breakerStamp;
    final long startNanos;
    final long dueNanos;

    Lane(boolean isFirst, boolean inBulkhead, boolean inLimit, long breakerStamp, long startNanos, long dueNanos) {
        this.isFirst = isFirst;
        this.inBulkhead = inBulkhead;
        this.inLimit = inLimit;
        this.breakerStamp = breakerStamp;
        this.startNanos = startNanos;
        this.dueNanos = dueNanos;
    }
}
