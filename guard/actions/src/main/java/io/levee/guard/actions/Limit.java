package io.levee.guard.actions;

import io.levee.guard.slo.Ratio;

/**
 * A figure is held against it; it holds strictly beyond.
 *
 * @param above whether the figure has to be above it, else below it
 * @param value the limit
 * @param shown the limit as it was written
 */
record Limit(boolean above, Ratio value, String shown) {
    boolean holds(Ratio figure) {
        int compared = figure.compareTo(value);
        return above ? compared > 0 : compared < 0;
    }

    @Override
    public String toString() {
        return (above ? "above " : "below ") + shown;
    }
}
