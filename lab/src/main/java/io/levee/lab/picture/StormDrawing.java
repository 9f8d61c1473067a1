package io.levee.lab.picture;

import io.levee.lab.picture.Canvas.Anchor;
import io.levee.lab.picture.Canvas.Lettering;
import io.levee.lab.picture.Canvas.Stroke;
import io.levee.lab.storm.ClientResult;
import io.levee.lab.storm.Fault;
import io.levee.lab.storm.Scenario;
import io.levee.lab.storm.StormResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The picture of a storm: a row for each client, ours on top; in each the load on the downstream, the goodput and the
 * time to success. All rows have the same scales, so that they can be compared.
 */
final class StormDrawing {
    static final double WIDTH = 1160;
    static final double TOP = 140;
    static final double ROW = 96;
    static final double PANEL_WIDTH = 272;
    static final double PANEL_HEIGHT = 68;
    static final double[] PANELS = {236, 554, 872};

    private static final double MARGIN = 16;
    private static final double INSET = 10;
    private static final double BOTTOM = 34;
    private static final int POINTS = 300;

    private static final Lettering TITLE = new Lettering(21, true);
    private static final Lettering NORMAL = new Lettering(12.5, false);
    private static final Lettering STRONG = new Lettering(13, true);
    private static final Lettering SMALL = new Lettering(11, false);
    private static final Lettering TINY = new Lettering(9.5, false);

    final List<ClientResult> clients;
    final List<Curves> curves;
    final double seconds;

    private final StormResult result;
    private final Axis load;
    private final Axis goodput;
    private final Axis time;

    StormDrawing(StormResult result) {
        this.result = result;
        Scenario scenario = result.scenario();
        clients = new ArrayList<>(result.clients());
        clients.sort(Comparator.comparing(client -> !isOurs(client)));
        curves = clients.stream().map(client -> Curves.of(client, POINTS)).toList();
        seconds = scenario.length().toNanos() / 1e9;
        double mostLoad = 0;
        double mostGoodput = 0;
        for (Curves each : curves) {
            mostLoad = Math.max(mostLoad, Math.max(Curves.most(each.attempts()), Curves.most(each.calls())));
            mostGoodput = Math.max(mostGoodput, Math.max(Curves.most(each.goodput()), Curves.most(each.calls())));
        }
        load = Axis.linear(mostLoad * 1.05, PANEL_HEIGHT, 0);
        goodput = Axis.linear(mostGoodput * 1.05, PANEL_HEIGHT, 0);
        time = Axis.logarithmic(1, scenario.deadline().toNanos() / 1e6 * 1.3, PANEL_HEIGHT, 0);
    }

    double height() {
        return TOP + ROW * clients.size() + BOTTOM;
    }

    private static boolean isOurs(ClientResult client) {
        return client.client().equals("levee")
                || client.client().startsWith("policy:")
                || client.client().startsWith("levee ");
    }

    void draw(Canvas canvas) {
        canvas.rectangle(0, 0, WIDTH, height(), Ink.GROUND, 1);
        header(canvas);
        legend(canvas);
        for (int row = 0; row < clients.size(); row++) {
            row(canvas, row);
        }
        seconds(canvas);
    }

    private void header(Canvas canvas) {
        Scenario scenario = result.scenario();
        canvas.text(MARGIN, 34, "Storm: " + scenario.name(), Ink.TEXT, TITLE, Anchor.START);
        canvas.text(MARGIN, 56, scenario.about(), Ink.MUTED, NORMAL, Anchor.START);
        canvas.text(
                MARGIN,
                75,
                "Figures from " + Axis.seconds(scenario.from().toNanos() / 1e9) + " to "
                        + Axis.seconds(scenario.to().toNanos() / 1e9) + "; " + scenario.clients()
                        + (scenario.clients() == 1 ? " client process" : " client processes") + "; attempts wait "
                        + Axis.millis(scenario.attemptTimeout().toNanos() / 1e6) + ", callers "
                        + Axis.millis(scenario.deadline().toNanos() / 1e6) + "; simulated in virtual time, seed "
                        + result.seed(),
                Ink.MUTED,
                SMALL,
                Anchor.START);
    }

    private void legend(Canvas canvas) {
        double y = TOP - 36;
        String[] titles = {"Load on the downstream, per second", "Calls that succeed, per second", "Time to success"};
        for (int i = 0; i < titles.length; i++) {
            canvas.text(PANELS[i], y, titles[i], Ink.TEXT, STRONG, Anchor.START);
        }
        double x = PANELS[0];
        y += 17;
        x = square(canvas, x, y, Ink.CALLS, 0.45, "first attempts");
        square(canvas, x, y, Ink.RETRIES, 0.75, "retries on top");
        x = square(canvas, PANELS[1], y, Ink.GOODPUT, 0.55, "in time");
        dash(canvas, x, y, "calls that arrive");
        x = square(canvas, PANELS[2], y, Ink.MEDIAN, 1, "median");
        square(canvas, x, y, Ink.SLOWEST, 1, "99 %");
        if (!result.scenario().faults().isEmpty()) {
            square(canvas, MARGIN, y, Ink.FAULT, 0.3, "while the fault lasts");
        }
    }

    private static double square(Canvas canvas, double x, double y, Ink ink, double opacity, String text) {
        canvas.rectangle(x, y - 8, 9, 9, ink, opacity);
        canvas.text(x + 14, y, text, Ink.MUTED, SMALL, Anchor.START);
        return x + 30 + text.length() * 5.6;
    }

    private static void dash(Canvas canvas, double x, double y, String text) {
        canvas.line(new double[] {x, x + 14}, new double[] {y - 4, y - 4}, new Stroke(Ink.CALLS, 1.2, true));
        canvas.text(x + 19, y, text, Ink.MUTED, SMALL, Anchor.START);
    }

    private void row(Canvas canvas, int row) {
        ClientResult client = clients.get(row);
        double y = TOP + row * ROW;
        canvas.begin("client", client.client());
        if (isOurs(client)) {
            canvas.rectangle(MARGIN / 2, y, WIDTH - MARGIN, ROW - 6, Ink.OURS, 1);
        } else {
            canvas.line(
                    new double[] {MARGIN, WIDTH - MARGIN},
                    new double[] {y - 3, y - 3},
                    new Stroke(Ink.GRID, 0.6, false));
        }
        figures(canvas, client, y + INSET);
        Curves curve = curves.get(row);
        for (int panel = 0; panel < PANELS.length; panel++) {
            frame(canvas, PANELS[panel], y + INSET, panel == 0 ? load : panel == 1 ? goodput : time, panel == 2);
        }
        double[] xs = new double[curve.seconds().length];
        double top = y + INSET;
        load(canvas, curve, placed(curve, PANELS[0], xs), top);
        goodput(canvas, curve, placed(curve, PANELS[1], xs), top);
        double[] at = placed(curve, PANELS[2], xs);
        canvas.line(at, shifted(time.at(curve.p99()), top), new Stroke(Ink.SLOWEST, 1.3, false));
        canvas.line(at, shifted(time.at(curve.p50()), top), new Stroke(Ink.MEDIAN, 1.3, false));
        canvas.end();
    }

    private static void figures(Canvas canvas, ClientResult client, double y) {
        canvas.text(MARGIN, y + 12, client.client(), Ink.TEXT, STRONG, Anchor.START);
        List<String> lines = new ArrayList<>();
        lines.add(percent(client.successRate()) + " of the calls succeed");
        if (client.herdPeakToMean() != null || client.doneSeconds() != null) {
            lines.add(String.format(Locale.ROOT, "%.2f attempts for each client", client.attemptsPerClient()));
            Double done = client.doneSeconds();
            lines.add(done == null ? "99 % never done" : "99 % done after " + Axis.seconds(done));
        } else {
            lines.add(String.format(
                    Locale.ROOT,
                    client.amplification() < 10
                            ? "%.2f attempts a call, at worst %.1f"
                            : "%.1f attempts a call, at worst %.1f",
                    client.amplification(),
                    client.peakAmplification()));
            Integer recovery = client.recoverySeconds();
            lines.add(percent(client.wastedShare()) + " of the work for nobody");
            lines.add(recovery == null ? "does not recover" : "recovers after " + Axis.seconds(recovery));
        }
        for (int i = 0; i < lines.size(); i++) {
            canvas.text(MARGIN, y + 28 + 14 * i, lines.get(i), Ink.MUTED, SMALL, Anchor.START);
        }
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, share > 0 && share < 0.1 ? "%.2f %%" : "%.1f %%", 100 * share);
    }

    private void frame(Canvas canvas, double x, double y, Axis axis, boolean ofTime) {
        for (Fault fault : result.scenario().faults()) {
            double from = x + fault.from().toNanos() / 1e9 / seconds * PANEL_WIDTH;
            double to = x + Math.min(seconds, fault.to().toNanos() / 1e9) / seconds * PANEL_WIDTH;
            canvas.rectangle(from, y, to - from, PANEL_HEIGHT, Ink.FAULT, 0.16);
        }
        for (double mark : axis.marks(2)) {
            double at = y + axis.at(mark);
            canvas.line(new double[] {x, x + PANEL_WIDTH}, new double[] {at, at}, new Stroke(Ink.GRID, 0.8, false));
            canvas.text(x - 5, at + 3, ofTime ? Axis.millis(mark) : Axis.count(mark), Ink.MUTED, TINY, Anchor.END);
        }
    }

    private double[] placed(Curves curve, double left, double[] xs) {
        for (int i = 0; i < xs.length; i++) {
            xs[i] = left + curve.seconds()[i] / seconds * PANEL_WIDTH;
        }
        return xs;
    }

    private static double[] shifted(double[] ys, double by) {
        for (int i = 0; i < ys.length; i++) {
            ys[i] += by;
        }
        return ys;
    }

    private void load(Canvas canvas, Curves curve, double[] xs, double top) {
        double[] zero = new double[xs.length];
        double[] first = new double[xs.length];
        for (int i = 0; i < xs.length; i++) {
            first[i] = Math.min(curve.calls()[i], curve.attempts()[i]);
        }
        double[] firstAt = shifted(load.at(first), top);
        double[] attemptsAt = shifted(load.at(curve.attempts()), top);
        canvas.area(xs, firstAt, shifted(load.at(zero), top), Ink.CALLS, 0.4);
        canvas.area(xs, attemptsAt, firstAt, Ink.RETRIES, 0.7);
        canvas.line(xs, attemptsAt, new Stroke(Ink.RETRIES, 1.1, false));
    }

    private void goodput(Canvas canvas, Curves curve, double[] xs, double top) {
        double[] good = shifted(goodput.at(curve.goodput()), top);
        canvas.area(xs, good, shifted(goodput.at(new double[xs.length]), top), Ink.GOODPUT, 0.4);
        canvas.line(xs, good, new Stroke(Ink.GOODPUT, 1.1, false));
        canvas.line(xs, shifted(goodput.at(curve.calls()), top), new Stroke(Ink.CALLS, 0.9, true));
    }

    private void seconds(Canvas canvas) {
        double y = TOP + clients.size() * ROW + 6;
        double step = Axis.timeStep(seconds, 5);
        for (double left : PANELS) {
            for (double mark = 0; mark <= seconds * 1.0001; mark += step) {
                double x = left + mark / seconds * PANEL_WIDTH;
                canvas.line(new double[] {x, x}, new double[] {y - 10, y - 6}, new Stroke(Ink.MUTED, 0.8, false));
                canvas.text(x, y + 5, Axis.seconds(mark), Ink.MUTED, TINY, Anchor.MIDDLE);
            }
        }
    }
}
