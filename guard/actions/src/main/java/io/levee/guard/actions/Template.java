package io.levee.guard.actions;

import io.levee.yaml.read.Suggestion;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sentence with names of figures in braces. Immutable.
 *
 * @param text as it was written
 */
record Template(String text) {
    private static final Pattern NAME = Pattern.compile("\\{([^{}]*)}");

    /** Which figure and which of its fields a name stands for. */
    private static final Map<String, List<String>> NAMES = new TreeMap<>(Map.of(
            "burnRate", List.of("burnRate", "value"),
            "burnRateOver", List.of("burnRate", "over"),
            "spentPercent", List.of("spent", "value"),
            "spentOver", List.of("spent", "over"),
            "badPercent", List.of("badShare", "value"),
            "badOver", List.of("badShare", "over"),
            "bad", List.of("badShare", "bad"),
            "total", List.of("badShare", "total"),
            "left", List.of("left", "value")));

    /**
     * Checks the names.
     *
     * @param figures the figures that the rule looks at
     * @throws IllegalArgumentException if one is not known, or the rule does not look at it
     */
    Template checked(List<String> figures) {
        Matcher matcher = NAME.matcher(text);
        while (matcher.find()) {
            String name = matcher.group(1);
            List<String> field = NAMES.get(name);
            if (field == null && !name.equals("slo") && !name.equals("rule")) {
                throw new IllegalArgumentException("{" + io.levee.yaml.read.Shown.plain(name) + "} is no figure"
                        + Suggestion.wayOut(name, names()));
            }
            if (field != null && !figures.contains(field.get(0))) {
                throw new IllegalArgumentException(
                        "{" + name + "} needs a condition '" + field.get(0) + "' in when, and there is none");
            }
        }
        return this;
    }

    private static List<String> names() {
        List<String> names = new java.util.ArrayList<>(NAMES.keySet());
        names.add("rule");
        names.add("slo");
        return names;
    }

    String filled(String rule, String slo, Findings findings) {
        return NAME.matcher(text).replaceAll(match -> {
            String name = match.group(1);
            List<String> field = NAMES.get(name);
            Object value = name.equals("slo")
                    ? slo
                    : name.equals("rule") ? rule : field == null ? null : findings.first(field.get(0), field.get(1));
            // Of the parts of 'any' one may be unknown while another holds.
            return Matcher.quoteReplacement(value == null ? "?" : value.toString());
        });
    }
}
