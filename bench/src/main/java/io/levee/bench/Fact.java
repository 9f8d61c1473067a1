package io.levee.bench;

/**
 * What is not the time of an operation: memory kept, lateness, what is left behind. Measured by a {@link Survey}.
 *
 * @param kind what
 * @param peer whose
 * @param value the figure, in the kind's unit
 */
record Fact(Kind kind, String peer, double value) {
    /** What is measured, with Levee's goal: the most that the figure may be, NaN for none. */
    enum Kind {
        PENDING_BYTES("a pending wait retains, of 1,000,000", "B", 64),
        IDLE("1,000,000 waits pending far away, CPU time of the timer", "ms/s", 0.5),
        CANCELLED_HELD("1,000,000 waits cancelled, still held by the timer", "waits", 0),
        EARLY("waits that ended early, of 2,000", "waits", 0),
        LATE_MEDIAN("a wait ends late by, median", "ms", 1.1),
        LATE_P99("a wait ends late by, 99 % at most", "ms", Double.NaN),
        LATE_MOST("a wait ends late by, most", "ms", Double.NaN),
        BACKOFF_BYTES("an asynchronous call in its backoff retains", "B", Double.NaN),
        BACKOFF_HELD("asynchronous calls cancelled in their backoff, still held", "% of calls", 0);

        final String title;
        final String unit;
        final double limit;

        Kind(String title, String unit, double limit) {
            this.title = title;
            this.unit = unit;
            this.limit = limit;
        }

        String id() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }

        boolean hasGoal() {
            return !Double.isNaN(limit);
        }
    }

    /** Rounded as it is printed: a goal of 0 means 0.0, and not that no byte of the whole JVM has moved. */
    boolean meetsGoal() {
        return Math.round(value * 100) / 100.0 <= kind.limit;
    }
}
