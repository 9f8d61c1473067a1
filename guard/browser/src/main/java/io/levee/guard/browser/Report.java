package io.levee.guard.browser;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a page said, checked: nothing in it is longer than the script makes it, and no text has other characters. A page is
 * a stranger, so a report that is wrong anywhere is refused as a whole.
 */
record Report(
        String view,
        int seq,
        @Nullable String release,
        String page,
        boolean bad,
        @Nullable String trace,
        List<Failure> failures,
        List<Path> paths,
        boolean end) {
    /** A body of more bytes is none of the script's: 10 failures and 20 paths need less than half of it. */
    static final int MOST_BYTES = 8 * 1024;

    private static final int MOST_SEQ = 1_000_000;
    private static final long MOST_MS = 24L * 60 * 60 * 1000;
    private static final Set<String> FIELDS =
            Set.of("view", "seq", "release", "page", "bad", "trace", "errors", "paths", "end");
    private static final Set<String> KINDS = Set.of("error", "rejection", "fetch", "path");
    private static final Pattern ID = Pattern.compile("(?!0{32})[0-9a-f]{32}");
    private static final Pattern NAME = Pattern.compile("\\w{1,40}");
    private static final Pattern FILE = Pattern.compile("[\\w.-]{1,64}");
    private static final Pattern PRINTABLE = Pattern.compile("[^\\p{Cntrl}\\p{Cs}<>\"?#@]{1,99}");

    /** A failure's kind, the class of what was thrown and the script that threw it. */
    record Failure(
            String kind, @Nullable String name, @Nullable String file) {}

    /** A path that has ended. */
    record Path(String name, String trace, boolean ok, long ms) {}

    /**
     * Reads a report.
     *
     * @throws IllegalArgumentException naming the field that is wrong, but never what it holds
     */
    static Report of(Map<String, ?> json) {
        known(json, FIELDS, "");
        List<Failure> failures = new ArrayList<>();
        for (Map<?, ?> each : list(json, "errors", 10)) {
            known(each, Set.of("kind", "name", "file"), "errors.");
            String kind = text(each, "kind", NAME);
            if (kind == null || !KINDS.contains(kind)) {
                throw wrong("errors.kind", "must be one of error, rejection, fetch, path");
            }
            failures.add(new Failure(kind, text(each, "name", NAME), text(each, "file", FILE)));
        }
        List<Path> paths = new ArrayList<>();
        for (Map<?, ?> each : list(json, "paths", 20)) {
            known(each, Set.of("name", "trace", "ok", "ms"), "paths.");
            String name = required(each, "name", PRINTABLE);
            if (name.length() > 60) {
                throw wrong("paths.name", "is longer than 60 characters");
            }
            paths.add(new Path(name, required(each, "trace", ID), flag(each, "ok"), number(each, "ms", MOST_MS)));
        }
        return new Report(
                required(json, "view", ID),
                (int) number(json, "seq", MOST_SEQ),
                text(json, "release", PRINTABLE),
                required(json, "page", PRINTABLE),
                flag(json, "bad"),
                text(json, "trace", ID),
                List.copyOf(failures),
                List.copyOf(paths),
                flag(json, "end"));
    }

    private static void known(Map<?, ?> json, Set<String> fields, String within) {
        if (!fields.containsAll(json.keySet())) {
            throw new IllegalArgumentException(
                    "has fields other than " + within + fields.stream().sorted().toList());
        }
    }

    private static List<Map<?, ?>> list(Map<?, ?> json, String field, int most) {
        if (!(json.get(field) instanceof List<?> items) || items.size() > most) {
            throw wrong(field, "must be a list of at most " + most);
        }
        List<Map<?, ?>> found = new ArrayList<>();
        for (Object item : items) {
            if (!(item instanceof Map<?, ?> map)) {
                throw wrong(field, "must hold objects");
            }
            found.add(map);
        }
        return found;
    }

    private static String required(Map<?, ?> json, String field, Pattern form) {
        String text = text(json, field, form);
        if (text == null) {
            throw wrong(field, "is missing");
        }
        return text;
    }

    private static @Nullable String text(Map<?, ?> json, String field, Pattern form) {
        Object value = json.get(field);
        if (value == null) {
            return null;
        }
        if (!(value instanceof String text) || !form.matcher(text).matches()) {
            throw wrong(field, "must be a text of the form " + form);
        }
        return text;
    }

    private static long number(Map<?, ?> json, String field, long most) {
        Object value = json.get(field);
        if (!(value instanceof Integer || value instanceof Long)
                || ((Number) value).longValue() < 0
                || ((Number) value).longValue() > most) {
            throw wrong(field, "must be a whole number of 0 to " + most);
        }
        return ((Number) value).longValue();
    }

    private static boolean flag(Map<?, ?> json, String field) {
        Object value = json.get(field);
        if (value != null
                && !Integer.valueOf(0).equals(value)
                && !Integer.valueOf(1).equals(value)
                && !Long.valueOf(0).equals(value)
                && !Long.valueOf(1).equals(value)) {
            throw wrong(field, "must be 0 or 1");
        }
        return value != null && ((Number) value).intValue() == 1;
    }

    private static IllegalArgumentException wrong(String field, String message) {
        return new IllegalArgumentException(field + " " + message);
    }
}
