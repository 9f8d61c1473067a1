package io.levee.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What Levee has to reach in a row. Reported, never enforced: a timing that fails a build teaches people to run the
 * build again.
 *
 * @param row the row
 * @param text what is demanded, for a person
 * @param value the figure that is judged
 * @param limit the most that the figure may be, or the least
 * @param atLeast whether the limit is the least
 */
record Goal(Row row, String text, Value value, double limit, boolean atLeast) {
    /** What a goal judges. */
    interface Value {
        /**
         * The figure of a peer, from the figures by peer of the row and of its like on one thread; NaN if one is missing.
         */
        double of(Map<String, Figure> figures, Map<String, Figure> alone, String peer);
    }

    /** Below this, JMH's own traces of allocation cannot be told from ours. */
    private static final double NOTHING = 0.5;

    static final List<Goal> ALL = List.of(
            overFloor(Row.RETRY, 1.5),
            bytes(Row.RETRY, 0),
            bytes(Row.DEFAULTS, 0),
            overBestPeer(Row.RETRY_ONE, 1, 2),
            bytes(Row.RETRY_ONE, 80),
            bytes(Row.RETRY_DEFAULTS, 80),
            overBestPeer(Row.RETRY_TWO, 1, 2),
            bytes(Row.RETRY_TWO, 80),
            nanos(Row.BREAKER_COUNT, 8),
            bytes(Row.BREAKER_COUNT, 0),
            nanos(Row.BREAKER_TIME, 30),
            bytes(Row.BREAKER_TIME, 0),
            nanos(Row.BREAKER_OPEN, 8),
            bytes(Row.BREAKER_OPEN, 0),
            nanos(Row.BREAKER_THROWS, 60),
            bytes(Row.BREAKER_THROWS, 64),
            nanos(Row.LIMITER, 30),
            bytes(Row.LIMITER, 0),
            nanos(Row.LIMITER_NOW, 8),
            nanos(Row.LIMITER_THROWS, 60),
            bytes(Row.LIMITER_THROWS, 64),
            bytes(Row.BULKHEAD, 0),
            nanos(Row.BULKHEAD_THROWS, 60),
            bytes(Row.BULKHEAD_THROWS, 64),
            bytes(Row.BUDGET, 0),
            bytes(Row.BUDGET_EMPTY, 64),
            overBestPeer(Row.COMPOSED, 1, 3),
            bytes(Row.COMPOSED, 0),
            overBestPeer(Row.EVERYTHING, 1, 3),
            bytes(Row.EVERYTHING, 0),
            overBestPeer(Row.EVERYTHING_METRICS, 1, 3),
            bytes(Row.EVERYTHING_METRICS, 0),
            nanos(Row.BACKOFF, 8),
            bytes(Row.BACKOFF, 0),
            bytes(Row.ASYNC, 96),
            nanos(Row.TIMER, 40),
            speedup(Row.DEFAULTS_2, 1.6),
            speedup(Row.EVERYTHING_2, 1.6));

    private static Goal overFloor(Row row, double limit) {
        return new Goal(
                row,
                "at most " + limit + " x the hand-written code",
                (figures, alone, peer) -> nanos(figures, peer) / nanos(figures, Figure.FLOOR),
                limit,
                false);
    }

    private static Goal overBestPeer(Row row, int part, int whole) {
        return new Goal(
                row,
                "at most " + part + "/" + whole + " of the best peer's time",
                (figures, alone, peer) -> nanos(figures, peer)
                        / bestPeer(figures).map(Figure::nanos).orElse(Double.NaN),
                (double) part / whole,
                false);
    }

    private static Goal nanos(Row row, int limit) {
        return new Goal(row, "at most " + limit + " ns", (figures, alone, peer) -> nanos(figures, peer), limit, false);
    }

    private static Goal bytes(Row row, int limit) {
        return new Goal(
                row,
                limit == 0 ? "allocates nothing" : "at most " + limit + " B",
                (figures, alone, peer) -> {
                    Figure figure = figures.get(peer);
                    return figure == null ? Double.NaN : figure.bytes();
                },
                limit + NOTHING,
                false);
    }

    private static Goal speedup(Row row, double least) {
        return new Goal(row, "at least " + least + " x the calls of one thread", Goal::speedup, least, true);
    }

    /** What all threads together get done, in multiples of what one does by itself. */
    static double speedup(Map<String, Figure> figures, Map<String, Figure> alone, String peer) {
        Figure together = figures.get(peer);
        Figure one = alone.get(peer);
        return together == null || one == null ? Double.NaN : together.perMicrosecond() / one.perMicrosecond();
    }

    private static double nanos(Map<String, Figure> figures, String peer) {
        Figure figure = figures.get(peer);
        return figure == null ? Double.NaN : figure.nanos();
    }

    /** The fastest of the libraries, neither the floor nor Levee. */
    static Optional<Figure> bestPeer(Map<String, Figure> figures) {
        return figures.values().stream()
                .filter(figure -> !figure.peer().startsWith(Figure.FLOOR)
                        && !figure.peer().startsWith(Figure.OURS))
                .min(Comparator.comparingDouble(Figure::nanos));
    }

    /** Whether a figure is as good as it has to be; one that is missing is not. */
    boolean isMetBy(double reached) {
        return atLeast ? reached >= limit : reached <= limit;
    }
}
