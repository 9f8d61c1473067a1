package io.levee.cli;

import java.io.PrintWriter;
import java.util.function.DoubleConsumer;

/** A bar that fills on standard error; it takes itself away when all is done. */
final class ProgressBar implements DoubleConsumer {
    private static final int LENGTH = 40;

    private final PrintWriter err;
    private int shown = -1;

    private ProgressBar(PrintWriter err) {
        this.err = err;
    }

    /** A bar if somebody sits at a terminal, else nothing: in a log it would be a long line of nonsense. */
    static DoubleConsumer onTerminal(PrintWriter err) {
        return DemoCommand.isTerminal() ? new ProgressBar(err) : share -> {};
    }

    @Override
    public void accept(double share) {
        int percent = (int) Math.round(100 * share);
        if (percent == shown) {
            return;
        }
        shown = percent;
        int full = percent * LENGTH / 100;
        err.print(
                percent >= 100
                        ? "\r" + " ".repeat(LENGTH + 8) + "\r"
                        : "\r[" + "#".repeat(full) + " ".repeat(LENGTH - full) + "] " + percent + " %");
        err.flush();
    }
}
