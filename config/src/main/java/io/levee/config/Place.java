package io.levee.config;

/**
 * Where something stands in a policy file. Immutable.
 *
 * @param file the file's name as it was given
 * @param line the line, 1 is the first
 * @param column the column, 1 is the first
 */
public record Place(String file, int line, int column) {
    /**
     * The place in the form that editors and terminals make a link of.
     *
     * @return {@code file:line:column}
     */
    @Override
    public String toString() {
        return file + ':' + line + ':' + column;
    }
}
