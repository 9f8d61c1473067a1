package io.levee.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What Levee has to reach in a row. Reported, never enforced: a timing that fails a build teaches people to run the
 * build again.
 *
 * @param row the row
 * @param text what is demanded, for a person
 * @param value the figure that is judged, from the row's figures by peer; NaN if a peer is missing
 * @param limit the most that the figure may be
 */
record Goal(Row row, String text, Function<Map<String, Figure>, Double> value, double limit) {
    /** Below this, JMH's own traces of allocation cannot be told from ours. */
    private static final double NOTHING = 0.5;

    static final List<Goal> ALL = List.of(
            overFloor(Row.RETRY, 1.5),
            bytes(Row.RETRY, 0),
            overBestPeer(Row.RETRY_ONE, 1, 2),
            bytes(Row.RETRY_ONE, 80),
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
            overBestPeer(Row.COMPOSED, 1, 3),
            bytes(Row.COMPOSED, 0),
            nanos(Row.BACKOFF, 8),
            bytes(Row.BACKOFF, 0),
            bytes(Row.ASYNC, 96));

    private static Goal overFloor(Row row, double limit) {
        return new Goal(
                row,
                "at most " + limit + " x the hand-written code",
                figures -> nanos(figures, Figure.OURS) / nanos(figures, Figure.FLOOR),
                limit);
    }

    private static Goal overBestPeer(Row row, int part, int whole) {
        return new Goal(
                row,
                "at most " + part + "/" + whole + " of the best peer's time",
                figures -> nanos(figures, Figure.OURS)
                        / bestPeer(figures).map(Figure::nanos).orElse(Double.NaN),
                (double) part / whole);
    }

    private static Goal nanos(Row row, int limit) {
        return new Goal(row, "at most " + limit + " ns", figures -> nanos(figures, Figure.OURS), limit);
    }

    private static Goal bytes(Row row, int limit) {
        return new Goal(
                row,
                limit == 0 ? "allocates nothing" : "at most " + limit + " B",
                figures -> {
                    Figure ours = figures.get(Figure.OURS);
                    return ours == null ? Double.NaN : ours.bytes();
                },
                Math.max(limit, NOTHING));
    }

    private static double nanos(Map<String, Figure> figures, String peer) {
        Figure figure = figures.get(peer);
        return figure == null ? Double.NaN : figure.nanos();
    }

    /** The fastest of the libraries, neither the floor nor Levee. */
    static Optional<Figure> bestPeer(Map<String, Figure> figures) {
        return figures.values().stream()
                .filter(figure ->
                        !figure.peer().equals(Figure.FLOOR) && !figure.peer().equals(Figure.OURS))
                .min(Comparator.comparingDouble(Figure::nanos));
    }

    boolean isMet(Map<String, Figure> figures) {
        return value.apply(figures) <= limit;
    }
}
