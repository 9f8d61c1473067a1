package io.levee.lab.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;

/** Draws the run in place on a terminal. */
final class LiveView extends ProgressView {
    private static final String ESC = "\u001b[";
    private static final String HIDE_CURSOR = ESC + "?25l";
    private static final String SHOW_CURSOR = ESC + "?25h";
    private static final String CLEAR_TO_LINE_END = ESC + "K";
    private static final String BOLD = ESC + "1m";
    private static final String RED = ESC + "31m";
    private static final String GREEN = ESC + "32m";
    private static final String YELLOW = ESC + "33m";
    private static final String PLAIN = ESC + "0m";
    private static final int BAR_COLUMNS = 44;
    /** The sparklines' scale is at least this, so that a quiet start does not look like a storm. */
    private static final double LEAST_SCALE = 2 * Demo.CALLS_PER_SECOND;

    private final PrintStream out;
    private final Sparkline style;
    private final Thread onExit = new Thread(this::restore, "levee-demo-terminal");
    /** Keeps the thread that draws and the one that ends the process from writing at once. */
    private final ReentrantLock drawing = new ReentrantLock();

    private int drawnLines;
    private boolean closed;

    LiveView(PrintStream out, Sparkline style) {
        this.out = out;
        this.style = style;
    }

    @Override
    void show(Frame frame) {
        drawing.lock();
        try {
            if (closed) {
                return;
            }
            StringBuilder picture = new StringBuilder();
            if (drawnLines == 0) {
                Runtime.getRuntime().addShutdownHook(onExit);
                picture.append(HIDE_CURSOR);
            } else {
                picture.append(ESC).append(drawnLines).append('A');
            }
            List<String> lines = lines(frame);
            for (String line : lines) {
                picture.append('\r').append(line).append(CLEAR_TO_LINE_END).append('\n');
            }
            drawnLines = lines.size();
            out.print(picture);
            out.flush();
        } finally {
            drawing.unlock();
        }
    }

    private List<String> lines(Frame frame) {
        List<String> lines = new ArrayList<>();
        long elapsed =
                Math.min(Math.max(0, frame.elapsedNanos()), frame.script().lengthNanos());
        double total = frame.script().lengthNanos();
        lines.add(String.format(
                Locale.ROOT,
                "%slevee demo%s  %s %5.1f of %.1f s",
                BOLD,
                PLAIN,
                style.bar(elapsed / total, BAR_COLUMNS),
                elapsed / 1e9,
                total / 1e9));
        lines.add(phases(frame));
        double scale = LEAST_SCALE;
        for (Frame.Side side : frame.sides()) {
            for (double rate : side.attemptRates()) {
                scale = Math.max(scale, rate);
            }
        }
        for (Frame.Side side : frame.sides()) {
            lines.add("");
            lines.add(String.format(
                    Locale.ROOT,
                    "%s%-6s%s %s %4d attempts/s on inventory",
                    BOLD,
                    side.name(),
                    PLAIN,
                    style.of(side.attemptRates(), scale),
                    side.attemptsPerSecond()));
            lines.add(String.format(
                    Locale.ROOT,
                    "       calls %4d/s   success %s%3.0f %%%s   amplification %5.2f   queue %3d",
                    side.callsPerSecond(),
                    colour(side),
                    side.successPercent(),
                    PLAIN,
                    side.amplification(),
                    side.queue()));
            lines.add(guard(side.guard()));
        }
        return lines;
    }

    private static String guard(StockClient.Guard guard) {
        String budget = Double.isNaN(guard.retryBudgetLeft())
                ? "none"
                : String.format(Locale.ROOT, "%.0f left", guard.retryBudgetLeft());
        return String.format(Locale.ROOT, "       breaker %-10s retry budget %s", guard.breaker(), budget);
    }

    private static String phases(Frame frame) {
        if (frame.elapsedNanos() < 0) {
            return "            warming up";
        }
        if (frame.elapsedNanos() >= frame.script().lengthNanos()) {
            return "            load has ended, waiting for the last answers";
        }
        StringBuilder line = new StringBuilder("            inventory: ");
        int now = frame.script().indexAt(frame.elapsedNanos());
        Script.Phase phase = frame.script().phases().get(now);
        boolean well = phase.fault() == Fault.NONE;
        line.append(well ? GREEN : RED).append(phase.label()).append(PLAIN);
        if (now + 1 < frame.script().phases().size()) {
            line.append(String.format(
                    Locale.ROOT,
                    ", in %.0f s: %s",
                    Math.ceil((phase.toNanos() - frame.elapsedNanos()) / 1e9),
                    frame.script().phases().get(now + 1).label()));
        }
        return line.toString();
    }

    private static String colour(Frame.Side side) {
        if (side.endedPerSecond() == 0) {
            return PLAIN;
        }
        return side.successPercent() >= 99 ? GREEN : side.successPercent() >= 50 ? YELLOW : RED;
    }

    /** Registered while the terminal is not as it was found. */
    Thread onExit() {
        return onExit;
    }

    private void restore() {
        drawing.lock();
        try {
            if (!closed && drawnLines > 0) {
                out.print(SHOW_CURSOR);
                out.println();
                out.flush();
            }
            closed = true;
        } finally {
            drawing.unlock();
        }
    }

    @Override
    public void close() {
        boolean hooked = drawnLines > 0 && !closed;
        restore();
        if (hooked) {
            try {
                Runtime.getRuntime().removeShutdownHook(onExit);
            } catch (IllegalStateException alreadyEnding) {
                // The hook runs then, and finds the view closed.
            }
        }
    }
}
