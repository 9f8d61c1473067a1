package io.levee.story;

import java.util.List;

/**
 * How the play is played. Immutable.
 *
 * @param levee how the {@code levee} command is run: the beginning of a command line
 * @param calmSeconds how long all is well, before and after each release
 * @param brokenSeconds how long it takes until somebody rolls back by hand; 660 s on the night
 * @param watchSeconds how long the gate watches the canary at most
 */
public record StoryOptions(List<String> levee, int calmSeconds, int brokenSeconds, int watchSeconds) {
    /** Copies the list. */
    public StoryOptions {
        levee = List.copyOf(levee);
    }

    /**
     * One to two minutes.
     *
     * @param mainClass of the {@code levee} command, on this class path
     * @return the options
     */
    public static StoryOptions standard(String mainClass) {
        return new StoryOptions(Child.java(mainClass), 6, 25, 30);
    }
}
