package io.levee.yaml;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One thing that is wrong with a file. Immutable.
 *
 * @param file the file's name as it was given
 * @param line the line, 1 is the first
 * @param column the column, 1 is the first
 * @param path the setting, such as {@code downstreams.inventory.retry.base}; empty for the file as a whole
 * @param message what is wrong and what would be right
 */
public record Problem(String file, int line, int column, String path, String message) {
    /**
     * The problem as one line, in the form that editors and terminals make a link of.
     *
     * @return {@code file:line:column: path: message}
     */
    @Override
    public String toString() {
        return file + ':' + line + ':' + column + ": " + (path.isEmpty() ? "" : path + ": ") + message;
    }

    /**
     * The problem as a JSON object shows it.
     *
     * @return {@code file}, {@code line}, {@code column}, {@code field} (the path) and {@code message}, in this order
     */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", file);
        map.put("line", line);
        map.put("column", column);
        map.put("field", path);
        map.put("message", message);
        return map;
    }
}
