package io.levee.story;

/** What one process of the play does. */
interface Role extends AutoCloseable {
    /** Where it listens on the loopback address. */
    int port();

    /** What it has counted, for the table at the end. */
    default String counts() {
        return "";
    }

    /** Takes a word of the play's director, such as a weight. */
    default void told(String word) {
        throw new IllegalArgumentException("does not know '" + word + "'");
    }

    @Override
    void close();
}
