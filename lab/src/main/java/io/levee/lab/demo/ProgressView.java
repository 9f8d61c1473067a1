package io.levee.lab.demo;

import java.io.PrintStream;

/**
 * Shows a run while it goes on. Made for one run; {@link #close()} leaves the terminal as it was found. Used by one thread,
 * except that a view on a terminal also closes itself when the process is told to end (Ctrl-C).
 */
public abstract class ProgressView implements AutoCloseable {
    ProgressView() {}

    /** Called some eight times a second. */
    abstract void show(Frame frame);

    /** Ends the view; nothing is shown afterwards. */
    @Override
    public abstract void close();

    /**
     * A picture that is redrawn in place, with ANSI control sequences: for a terminal of 80 columns and 12 lines or more.
     *
     * @param out the terminal
     * @param blocks whether the terminal's encoding has block characters; else plain ASCII is drawn
     * @return a new view
     */
    public static ProgressView live(PrintStream out, boolean blocks) {
        return new LiveView(out, blocks ? Sparkline.BLOCKS : Sparkline.ASCII);
    }

    /**
     * A line now and then: for a log, or a terminal that wants no colours.
     *
     * @param out where the lines go, usually standard error
     * @return a new view
     */
    public static ProgressView lines(PrintStream out) {
        return new LineView(out);
    }

    /**
     * Shows nothing.
     *
     * @return a view
     */
    public static ProgressView none() {
        return new ProgressView() {
            @Override
            void show(Frame frame) {}

            @Override
            public void close() {}
        };
    }
}
