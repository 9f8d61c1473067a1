package io.levee;

/** A yes or no as the number that stands in an outcome. */
final class Flag {
    private Flag() {}

    static int of(boolean holds) {
        return holds ? 1 : 0;
    }
}
