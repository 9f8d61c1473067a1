package io.levee.guard.store;

/**
 * How far the import of a file has come. Kept for always, in one write with what it counted: so a file counts once, however
 * often and however late its import is begun anew. Immutable.
 *
 * @param lines how many of the file's first lines are in
 * @param digest tells these lines from others; the importer's own, the store only keeps it
 */
public record Imported(long lines, String digest) {
    /** Nothing yet. */
    public static final Imported NOTHING = new Imported(0, "");

    /**
     * Lines of a file that come together.
     *
     * @param name of the import
     * @param from the number of the first line; the file's first one is 1
     * @param to that of the last line
     * @param digest of all lines up to the last one
     */
    public record Lines(String name, long from, long to, String digest) {
        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if these are no lines
         */
        public Lines {
            if (from < 1 || to < from) {
                throw new IllegalArgumentException(
                        "lines must be from 1 on, and to the first or later, are " + from + " to " + to);
            }
        }
    }

    /** Other lines come next: two import the same file at a time, or it is not the same file. Nothing was counted. */
    public static final class OutOfOrder extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /**
         * With the line that would be right.
         *
         * @param lines that came
         * @param known how far the import has come
         */
        public OutOfOrder(Lines lines, Imported known) {
            super("of the import '" + lines.name() + "' line " + (known.lines() + 1) + " comes next, not lines "
                    + lines.from() + " to " + lines.to() + "; does somebody else import it at the same time?");
        }
    }
}
