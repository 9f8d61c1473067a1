package io.levee.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The figures and facts of one run, and the three forms in which they are printed. */
final class Results {
    private final Map<Row, Map<String, Figure>> rows = new EnumMap<>(Row.class);
    private final Map<Fact.Kind, Map<String, Fact>> facts = new EnumMap<>(Fact.Kind.class);
    private final String jdk;

    Results(Collection<Figure> figures, Collection<Fact> facts, String jdk) {
        this.jdk = jdk;
        figures.stream()
                .sorted(Comparator.comparingInt(Figure::order).thenComparingDouble(Figure::nanos))
                .forEach(figure -> rows.computeIfAbsent(figure.row(), row -> new LinkedHashMap<>())
                        .put(figure.peer(), figure));
        facts.forEach(fact -> this.facts
                .computeIfAbsent(fact.kind(), kind -> new LinkedHashMap<>())
                .put(fact.peer(), fact));
    }

    /** A goal with what was reached, and what the hand-written code reaches where that misses it as well; else NaN. */
    private record Judged(String id, String title, String text, double value, double limit, boolean met, double floor) {
        String missed() {
            return Double.isNaN(floor) ? "" : ", nor by the hand-written code: " + shortened(floor);
        }
    }

    private List<Judged> judged() {
        List<Judged> all = new ArrayList<>();
        rows.forEach((row, figures) -> all.addAll(judged(row, figures)));
        facts.forEach((kind, peers) -> all.addAll(judged(kind, peers)));
        return all;
    }

    private List<Judged> judged(Row row, Map<String, Figure> figures) {
        Map<String, Figure> alone = rows.getOrDefault(row.alone, Map.of());
        return Goal.ALL.stream()
                .filter(goal -> goal.row() == row)
                .map(goal -> judged(goal, figures, alone))
                .toList();
    }

    private static Judged judged(Goal goal, Map<String, Figure> figures, Map<String, Figure> alone) {
        double ours = goal.value().of(figures, alone, Figure.OURS);
        double floor = goal.value().of(figures, alone, Figure.FLOOR);
        boolean met = goal.isMetBy(ours);
        Row row = goal.row();
        return new Judged(
                row.id,
                row.title,
                goal.text(),
                ours,
                goal.limit(),
                met,
                met || goal.isMetBy(floor) ? Double.NaN : floor);
    }

    private static List<Judged> judged(Fact.Kind kind, Map<String, Fact> peers) {
        Fact ours = peers.get(Figure.OURS);
        if (!kind.hasGoal() || ours == null) {
            return List.of();
        }
        String text = kind.limit == 0 ? "none" : "at most " + plain(kind.limit) + " " + kind.unit;
        return List.of(new Judged(kind.id(), kind.title, text, ours.value(), kind.limit, ours.meetsGoal(), Double.NaN));
    }

    /** The table for a person at a terminal. */
    String table() {
        StringBuilder out = new StringBuilder();
        rows.forEach((row, figures) -> {
            line(out, "%s (%s)%n", row.title, row.id);
            if (row.threads == 1) {
                one(out, figures);
            } else {
                several(out, row, figures);
            }
            judged(row, figures).forEach(goal -> line(out, goal));
            line(out, "%n");
        });
        facts.forEach((kind, peers) -> {
            line(out, "%s, %s (%s)%n", kind.title, kind.unit, kind.id());
            peers.values().forEach(fact -> line(out, "  %-14s %10s%n", fact.peer(), shortened(fact.value())));
            judged(kind, peers).forEach(goal -> line(out, goal));
            line(out, "%n");
        });
        line(
                out,
                "JDK %s; one thread: ns of CPU time, the least of all iterations; +-: how far their median is above;%n"
                        + "two threads: calls per microsecond on the wall, the median of the undisturbed iterations%n",
                jdk);
        return out.toString();
    }

    private static void one(StringBuilder out, Map<String, Figure> figures) {
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
    }

    private void several(StringBuilder out, Row row, Map<String, Figure> figures) {
        Map<String, Figure> alone = rows.getOrDefault(row.alone, Map.of());
        line(out, "  %-14s %10s %10s %10s %10s%n", "", "1 thread", "2 threads", "x 1", "ns/op");
        figures.values()
                .forEach(figure -> line(
                        out,
                        "  %-14s %10s %10s %10s %10s%n",
                        figure.peer(),
                        alone.containsKey(figure.peer())
                                ? shortened(alone.get(figure.peer()).perMicrosecond())
                                : "-",
                        shortened(figure.perMicrosecond()),
                        shortened(Goal.speedup(figures, alone, figure.peer())),
                        shortened(figure.wallNanos())));
    }

    private static void line(StringBuilder out, Judged goal) {
        line(
                out,
                "  %-7s %s: %s%s%n",
                goal.met() ? "met" : "NOT MET",
                goal.text(),
                shortened(goal.value()),
                goal.missed());
    }

    /** The tables of docs/benchmarks.md: one for each set of peers, since no two of them do the same things. */
    String markdown() {
        StringBuilder out = new StringBuilder();
        Map<Boolean, List<Row>> tables = new TreeMap<>();
        rows.keySet().stream()
                .filter(row -> row.threads == 1)
                .forEach(row -> tables.computeIfAbsent(isOfTimers(row), of -> new ArrayList<>())
                        .add(row));
        tables.values().forEach(table -> {
            Set<String> peers = peers(table);
            head(out, "row", peers);
            table.forEach(row -> {
                line(out, "| %s |", row.title);
                peers.forEach(peer -> {
                    Figure figure = rows.get(row).get(peer);
                    line(out, " %s |", figure == null ? "-" : shortened(figure.nanos()) + " / " + bytes(figure));
                });
                line(out, "%n");
            });
            line(out, "%n");
        });
        markdownOfTwo(out);
        markdownOfFacts(out);
        line(out, "| row | goal | reached | |%n|---|---|---|---|%n");
        judged().forEach(goal -> line(
                out,
                "| %s | %s | %s | %s |%n",
                goal.title(),
                goal.text(),
                shortened(goal.value()),
                goal.met() ? "met" : "**not met**" + goal.missed()));
        line(out, "%nJDK %s.%n", jdk);
        return out.toString();
    }

    private static boolean isOfTimers(Row row) {
        return row.alone == Row.TIMER;
    }

    private void markdownOfTwo(StringBuilder out) {
        List<Row> table = rows.keySet().stream().filter(row -> row.threads > 1).toList();
        if (table.isEmpty()) {
            return;
        }
        Set<String> peers = peers(table);
        head(out, "calls per microsecond on two threads / x those of one", peers);
        table.forEach(row -> {
            Map<String, Figure> figures = rows.get(row);
            Map<String, Figure> alone = rows.getOrDefault(row.alone, Map.of());
            line(out, "| %s |", row.alone.title);
            peers.forEach(peer -> line(
                    out,
                    " %s |",
                    figures.containsKey(peer)
                            ? shortened(figures.get(peer).perMicrosecond()) + " / "
                                    + shortened(Goal.speedup(figures, alone, peer))
                            : "-"));
            line(out, "%n");
        });
        line(out, "%n");
    }

    private void markdownOfFacts(StringBuilder out) {
        if (facts.isEmpty()) {
            return;
        }
        Set<String> peers = new LinkedHashSet<>();
        facts.values().forEach(kind -> peers.addAll(kind.keySet()));
        head(out, "fact", peers);
        facts.forEach((kind, values) -> {
            line(out, "| %s, %s |", kind.title, kind.unit);
            peers.forEach(peer -> line(
                    out,
                    " %s |",
                    values.containsKey(peer) ? shortened(values.get(peer).value()) : "-"));
            line(out, "%n");
        });
        line(out, "%n");
    }

    /** The floor, Levee, and then the others in the order in which they first appear in any row by name. */
    private Set<String> peers(List<Row> table) {
        Set<String> peers = new LinkedHashSet<>(List.of(Figure.FLOOR, Figure.OURS));
        List<String> known =
                List.of("handLooks", "leveeOwnClock", "resilience4j", "failsafe", "spring", "aws", "stpe", "netty");
        known.stream()
                .filter(peer -> table.stream().anyMatch(row -> rows.get(row).containsKey(peer)))
                .forEach(peers::add);
        table.forEach(row -> peers.addAll(rows.get(row).keySet()));
        return peers;
    }

    private static void head(StringBuilder out, String first, Set<String> peers) {
        line(out, "| %s | %s |%n|---|%s%n", first, String.join(" | ", peers), "---|".repeat(peers.size()));
    }

    /** One object; figures that there are not are null. */
    String json() {
        List<String> figures = new ArrayList<>();
        List<String> measured = new ArrayList<>();
        rows.forEach((row, peers) -> {
            Map<String, Figure> alone = rows.getOrDefault(row.alone, Map.of());
            peers.values()
                    .forEach(figure -> figures.add(object(
                            "row", text(row.id),
                            "peer", text(figure.peer()),
                            "threads", Integer.toString(row.threads),
                            "nsPerOp", number(figure.nanos()),
                            "errorNs", number(figure.spreadNanos()),
                            "wallNsPerOp", number(figure.wallNanos()),
                            "bytesPerOp", number(figure.bytes()),
                            "opsPerMicrosecond", number(figure.perMicrosecond()),
                            "speedup", number(Goal.speedup(peers, alone, figure.peer())),
                            "ratioToFloor", number(quotient(peers, figure, Figure.FLOOR)),
                            "ratioToLevee", number(quotient(peers, figure, Figure.OURS)))));
        });
        facts.forEach((kind, peers) -> {
            Fact ours = peers.get(Figure.OURS);
            peers.values()
                    .forEach(fact -> measured.add(object(
                            "fact", text(kind.id()),
                            "peer", text(fact.peer()),
                            "value", number(fact.value()),
                            "unit", text(kind.unit),
                            "ratioToLevee", number(ours == null ? Double.NaN : fact.value() / ours.value()))));
        });
        List<String> goals = judged().stream()
                .map(goal -> object(
                        "row", text(goal.id()),
                        "goal", text(goal.text()),
                        "value", number(goal.value()),
                        "limit", number(goal.limit()),
                        "met", Boolean.toString(goal.met()),
                        "floorMissesToo", Boolean.toString(!Double.isNaN(goal.floor()))))
                .toList();
        return object("rows", array(figures), "facts", array(measured), "goals", array(goals), "jdk", text(jdk))
                + System.lineSeparator();
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

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
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
