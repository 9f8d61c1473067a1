package io.levee.lab.demo;

import java.io.PrintStream;
import java.util.Locale;

/** A line of progress every two seconds, or fifteen in a long run, and one where a phase begins. */
final class LineView extends ProgressView {
    private static final long AT_LEAST_NANOS = 2_000_000_000L;
    private static final int LINES = 15;

    private final PrintStream out;
    private long nextNanos = Long.MIN_VALUE;
    private int lastPhase = -1;

    LineView(PrintStream out) {
        this.out = out;
    }

    @Override
    void show(Frame frame) {
        long elapsed = frame.elapsedNanos();
        if (elapsed < 0) {
            if (nextNanos == Long.MIN_VALUE) {
                out.println("warming up: two order services, two inventories, on loopback");
                nextNanos = 0;
            }
            return;
        }
        int phase = frame.script().indexAt(elapsed);
        if (phase == lastPhase && elapsed < nextNanos) {
            return;
        }
        lastPhase = phase;
        nextNanos = elapsed + Math.max(AT_LEAST_NANOS, frame.script().lengthNanos() / LINES);
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "%5.1f s  %-11s",
                elapsed / 1e9,
                frame.script().phases().get(phase).label()));
        for (Frame.Side side : frame.sides()) {
            line.append(String.format(
                    Locale.ROOT,
                    " | %s: %d attempts/s (x %.2f), success %.0f %%, queue %d",
                    side.name(),
                    side.attemptsPerSecond(),
                    side.amplification(),
                    side.successPercent(),
                    side.queue()));
            if (!Double.isNaN(side.guard().retryBudgetLeft())) {
                line.append(String.format(
                        Locale.ROOT,
                        ", breaker %s, retry budget %.0f",
                        side.guard().breaker(),
                        side.guard().retryBudgetLeft()));
            }
        }
        out.println(line);
    }

    @Override
    public void close() {
        out.flush();
    }
}
