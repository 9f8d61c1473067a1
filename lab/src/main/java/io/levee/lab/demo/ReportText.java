package io.levee.lab.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A report for a person: the table, and what it says in a few sentences, each of them computed from the figures. */
public final class ReportText {
    /** Percentage points below which two success rates are called alike. */
    private static final double ALIKE_POINTS = 2.0;

    /** A load generator that is later than this blurs what it measures. */
    private static final double LATE_MS = 20.0;

    private ReportText() {}

    /**
     * The table and the sentences.
     *
     * @param report what was measured
     * @return lines of at most 100 columns, plain ASCII, the last one ended
     */
    public static String of(DemoReport report) {
        StringBuilder text = new StringBuilder();
        table(report, text);
        text.append('\n');
        for (String sentence : sentences(report)) {
            wrapped(sentence, text);
        }
        return text.toString();
    }

    private static void table(DemoReport report, StringBuilder text) {
        List<String> names = new ArrayList<>();
        for (DemoReport.Run run : report.runs()) {
            names.add(run.client());
        }
        row("", names, text);
        each("calls", report, run -> number(run.calls()), text);
        each("success", report, run -> percent(run.succeededPercent()), text);
        each("degraded (answered by the fallback)", report, run -> percent(run.degradedPercent()), text);
        each("failed", report, run -> percent(run.failedPercent()), text);
        each("attempts that reached inventory", report, run -> number(run.attempts()), text);
        each("amplification (attempts / calls)", report, run -> fixed(run.amplification(), 2), text);
        each("peak load on inventory (attempts/s)", report, run -> number(run.peakAttemptsPerSecond()), text);
        each("p50 of all calls (ms)", report, run -> fixed(run.p50Ms(), 1), text);
        each("p99 of all calls (ms)", report, run -> fixed(run.p99Ms(), 1), text);
        each("time to recover after the last fault (s)", report, run -> recovery(run.recoverySeconds()), text);
        text.append("\nsuccess by phase, and degraded where there was any\n");
        for (int i = 0; i < report.phases().size(); i++) {
            DemoReport.Phase phase = report.phases().get(i);
            int index = i;
            String label = String.format(
                    Locale.ROOT, "  %-12s %5.1f to %5.1f s", phase.name(), phase.fromSeconds(), phase.toSeconds());
            each(label, report, run -> cell(run.phases().get(index)), text);
        }
    }

    private static String cell(DemoReport.PhaseResult result) {
        String success = percent(result.succeededPercent());
        return result.degraded() == 0 ? success : success + " + " + percent(result.degradedPercent());
    }

    private static void each(
            String label, DemoReport report, Function<DemoReport.Run, String> cell, StringBuilder text) {
        List<String> cells = new ArrayList<>();
        for (DemoReport.Run run : report.runs()) {
            cells.add(cell.apply(run));
        }
        row(label, cells, text);
    }

    private static void row(String label, List<String> cells, StringBuilder text) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-42s", label));
        for (String cell : cells) {
            line.append(String.format(Locale.ROOT, "%20s", cell));
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    /** What was seen. The first run is the naive one, the second is Levee's. */
    static List<String> sentences(DemoReport report) {
        DemoReport.Run naive = report.runs().get(0);
        DemoReport.Run levee = report.runs().get(1);
        List<String> sentences = new ArrayList<>();
        sentences.add(String.format(
                Locale.ROOT,
                "Of the same %s calls the naive loop made %s attempts and Levee %s; at its worst inventory got %d a"
                        + " second from the naive loop and %d from Levee, and healthy it can do %d.",
                number(naive.calls()),
                number(naive.attempts()),
                number(levee.attempts()),
                naive.peakAttemptsPerSecond(),
                levee.peakAttemptsPerSecond(),
                report.capacityPerSecond()));
        sentences.add(success(naive, levee));
        sentences.add(afterTheFault("the naive loop", naive, report) + " " + afterTheFault("Levee", levee, report));
        sentences.addAll(better(report, naive, levee));
        if (report.generatorLateP99Ms() > LATE_MS) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "Mind: the machine was busy (1 %% of the calls were sent more than %.0f ms late), so these figures"
                            + " say less than they would on an idle one.",
                    report.generatorLateP99Ms()));
        }
        return sentences;
    }

    private static String success(DemoReport.Run naive, DemoReport.Run levee) {
        String degraded = levee.degraded() == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        " (another %s were answered by its fallback, without inventory)",
                        percent(levee.degradedPercent()));
        return String.format(
                Locale.ROOT,
                "With inventory's answer ended %s of the naive loop's calls and %s of Levee's%s.",
                percent(naive.succeededPercent()),
                percent(levee.succeededPercent()),
                degraded);
    }

    private static String afterTheFault(String who, DemoReport.Run run, DemoReport report) {
        String subject = Character.toUpperCase(who.charAt(0)) + who.substring(1);
        Double recovery = run.recoverySeconds();
        if (recovery != null) {
            return String.format(
                    Locale.ROOT, "%s was well again %.1f s after the last fault had ended.", subject, recovery);
        }
        String still = run.endAttemptsPerSecond() > report.capacityPerSecond()
                ? String.format(
                        Locale.ROOT,
                        ": it was still sending %d attempts a second to a service that can do %d, with %d requests in"
                                + " the queue",
                        run.endAttemptsPerSecond(),
                        report.capacityPerSecond(),
                        run.endQueue())
                : "";
        return String.format(
                Locale.ROOT,
                "%s had not recovered when the run ended, %.1f s after the last fault%s.",
                subject,
                report.recoveryWindowSeconds(),
                still);
    }

    /** Where the naive loop did better, for that is part of the truth; empty if nowhere. */
    private static List<String> better(DemoReport report, DemoReport.Run naive, DemoReport.Run levee) {
        List<String> phases = new ArrayList<>();
        for (int i = 0; i < report.phases().size(); i++) {
            DemoReport.PhaseResult of = naive.phases().get(i);
            DemoReport.PhaseResult other = levee.phases().get(i);
            if (of.succeededPercent() > other.succeededPercent() + ALIKE_POINTS) {
                phases.add(String.format(
                        Locale.ROOT,
                        "from %.1f to %.1f s (%s: %s against %s)",
                        report.phases().get(i).fromSeconds(),
                        report.phases().get(i).toSeconds(),
                        of.name(),
                        percent(of.succeededPercent()),
                        percent(other.succeededPercent())));
            }
        }
        return phases.isEmpty()
                ? List.of()
                : List.of("The naive loop did better " + String.join(", and ", phases) + ".");
    }

    private static void wrapped(String sentence, StringBuilder text) {
        int column = 0;
        // A figure keeps its percent sign.
        for (String word : sentence.split(" (?!%)", -1)) {
            if (column > 0 && column + 1 + word.length() > 98) {
                text.append('\n');
                column = 0;
            }
            text.append(column == 0 ? "" : " ").append(word);
            column += word.length() + (column == 0 ? 0 : 1);
        }
        text.append('\n');
    }

    private static String recovery(@Nullable Double seconds) {
        return seconds == null ? "not in this run" : fixed(seconds, 1);
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String percent(double value) {
        return fixed(value, 1) + " %";
    }

    private static String fixed(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
