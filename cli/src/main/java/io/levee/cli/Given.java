package io.levee.cli;

import java.util.function.Function;

/** What users give on the command line. */
final class Given {
    private Given() {}

    /** What a library makes of an option's value; a mistake of the user's that names the option if it refuses. */
    static <V, T> T option(String name, V value, Function<V, T> reader) {
        try {
            return reader.apply(value);
        } catch (IllegalArgumentException e) {
            throw new UserError(name + ": " + e.getMessage());
        }
    }
}
