package io.levee.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures of one run, and the three forms in which they are printed. */
final class Results {
    private final Map<Row, Map<String, Figure>> rows = new EnumMap<>(Row.class);
    private final String jdk;

    Results(Collection<Figure> figures, String jdk) {
        this.jdk = jdk;
        figures.stream()
                .sorted(Comparator.comparingInt(Figure::order).thenComparingDouble(Figure::nanos))
                .forEach(figure -> rows.computeIfAbsent(figure.row(), row -> new LinkedHashMap<>())
                        .put(figure.peer(), figure));
    }

    private List<Goal> goals(Row row) {
        return Goal.ALL.stream().filter(goal -> goal.row() == row).toList();
    }

    /** The table for a person at a terminal. */
    String table() {
        StringBuilder out = new StringBuilder();
        rows.forEach((row, figures) -> {
            line(out, "%s (%s)%n", row.title, row.id);
            line(out, "  %-14s %10s %10s %10s %8s %8s%n", "", "ns/op", "+-", "B/op", "x hand", "x levee");
            figures.values()
                    .forEach(figure -> line(
                            out,
                            "  %-14s %10s %10s %10s %8s %8s%n",
                            figure.peer(),
                            shortened(figure.nanos()),
                            shortened(figure.spreadNanos()),
                            bytes(figure),
                            ratio(figures, figure, Figure.FLOOR),
                            ratio(figures, figure, Figure.OURS)));
            for (Goal goal : goals(row)) {
                line(
                        out,
                        "  %-7s %s: %s%n",
                        goal.isMet(figures) ? "met" : "NOT MET",
                        goal.text(),
                        shortened(goal.value().apply(figures)));
            }
            line(out, "%n");
        });
        line(
                out,
                "JDK %s; one thread; ns of CPU time, the least of all iterations; +-: how far their median is above%n",
                jdk);
        return out.toString();
    }

    /** The tables of docs/benchmarks.md. */
    String markdown() {
        StringBuilder out = new StringBuilder();
        line(out, "| row | hand | levee | resilience4j | failsafe | spring | aws |%n|---|---|---|---|---|---|---|%n");
        rows.forEach((row, figures) -> {
            line(out, "| %s |", row.title);
            for (String peer : List.of(Figure.FLOOR, Figure.OURS, "resilience4j", "failsafe", "spring", "aws")) {
                Figure figure = figures.get(peer);
                line(
                        out,
                        figure == null ? " - |" : " %s / %s |",
                        figure == null ? "" : shortened(figure.nanos()),
                        figure == null ? "" : bytes(figure));
            }
            line(out, "%n");
        });
        line(out, "%n| row | goal | reached | |%n|---|---|---|---|%n");
        rows.forEach((row, figures) -> goals(row)
                .forEach(goal -> line(
                        out,
                        "| %s | %s | %s | %s |%n",
                        row.title,
                        goal.text(),
                        shortened(goal.value().apply(figures)),
                        goal.isMet(figures) ? "met" : "**not met**")));
        line(out, "%nJDK %s.%n", jdk);
        return out.toString();
    }

    /** One object; figures that there are not are null. */
    String json() {
        List<String> figures = new ArrayList<>();
        List<String> goals = new ArrayList<>();
        rows.forEach((row, peers) -> {
            peers.values()
                    .forEach(figure -> figures.add(object(
                            "row", text(row.id),
                            "peer", text(figure.peer()),
                            "nsPerOp", number(figure.nanos()),
                            "errorNs", number(figure.spreadNanos()),
                            "wallNsPerOp", number(figure.wallNanos()),
                            "bytesPerOp", number(figure.bytes()),
                            "ratioToFloor", number(quotient(peers, figure, Figure.FLOOR)),
                            "ratioToLevee", number(quotient(peers, figure, Figure.OURS)))));
            goals(row)
                    .forEach(goal -> goals.add(object(
                            "row", text(row.id),
                            "goal", text(goal.text()),
                            "value", number(goal.value().apply(peers)),
                            "limit", number(goal.limit()),
                            "met", Boolean.toString(goal.isMet(peers)))));
        });
        return object("rows", array(figures), "goals", array(goals), "jdk", text(jdk)) + System.lineSeparator();
    }

    private static double quotient(Map<String, Figure> figures, Figure figure, String base) {
        Figure by = figures.get(base);
        return by == null ? Double.NaN : figure.nanos() / by.nanos();
    }

    private static String ratio(Map<String, Figure> figures, Figure figure, String base) {
        return shortened(quotient(figures, figure, base));
    }

    private static String bytes(Figure figure) {
        return figure.allocatesNothing() ? "0" : String.format(Locale.ROOT, "%.0f", figure.bytes());
    }

    /** Three digits are more than a benchmark knows. */
    private static String shortened(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    private static String number(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "null";
    }

    private static String text(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String object(String... keysAndValues) {
        List<String> members = new ArrayList<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            members.add(text(keysAndValues[i]) + ":" + keysAndValues[i + 1]);
        }
        return "{" + String.join(",", members) + "}";
    }

    private static String array(List<String> values) {
        return "[" + String.join(",", values) + "]";
    }

    private static void line(StringBuilder out, String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values));
    }
}
