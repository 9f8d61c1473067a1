package io.levee.servers;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A row of a documented table of faults, as it comes out when the fault is played. */
public final class PlayedRow {
    private static final int MOST_PLAYS = 10;

    private PlayedRow() {}

    /**
     * Plays a fault, and plays it again where the row is not the documented one: what a reset overtakes on its way (the head
     * of an answer, the word of a server that goes away) differs once in a while, and more often on a busy machine. What must
     * never differ is asserted apart from the table.
     *
     * @param documented the table in the document; null where it is being written, which takes the first row
     * @param play plays the fault, with all that it starts made anew
     * @return the first row that the document has; if none of ten is in it, the last
     * @throws Exception from the play
     */
    public static String of(@Nullable String documented, Callable<String> play) throws Exception {
        String row = play.call();
        for (int plays = 1; documented != null && !documented.contains(row) && plays < MOST_PLAYS; plays++) {
            row = play.call();
        }
        return row;
    }
}
