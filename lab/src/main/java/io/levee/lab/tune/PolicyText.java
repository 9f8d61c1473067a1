package io.levee.lab.tune;

import java.util.List;

/** A policy file as text. */
public final class PolicyText {
    private PolicyText() {}

    /**
     * A file with one downstream.
     *
     * @param downstream its name
     * @param comments what stands above it, a line each
     * @param settings its settings, a line each; none for the defaults
     * @return YAML
     */
    public static String of(String downstream, List<String> comments, List<String> settings) {
        StringBuilder text = new StringBuilder();
        comments.forEach(line ->
                text.append("# ").append(line.replace('\n', ' ').strip()).append('\n'));
        text.append("version: 1\ndownstreams:\n  ").append(quoted(downstream));
        if (settings.isEmpty()) {
            return text.append(": {}\n").toString();
        }
        text.append(":\n");
        settings.forEach(line -> text.append("    ").append(line).append('\n'));
        return text.toString();
    }

    /** As YAML's single-quoted form where a plain name could mean something else. */
    private static String quoted(String name) {
        return name.matches("[A-Za-z][A-Za-z0-9_.-]*") && !name.matches("(?i)true|false|null|none")
                ? name
                : "'" + name.replace("'", "''") + "'";
    }
}
