package io.levee.yaml.read;

import org.jspecify.annotations.Nullable;

/** A user's text as messages show it: on one line, and not longer than helps. */
public final class Shown {
    private static final int LONGEST = 80;
    private static final int LONGEST_SENTENCE = 300;

    private Shown() {}

    /** The text in quotes. */
    public static String quoted(String text) {
        return '\'' + plain(text) + '\'';
    }

    /** The text with control characters spelled out, so that no file name or key can forge a line of its own. */
    public static String plain(String text) {
        return oneLine(text, LONGEST);
    }

    /** The YAML parser's words, in which it quotes the file as it is. */
    public static String parsersWords(@Nullable String text) {
        return text == null ? "cannot be read" : oneLine(text, LONGEST_SENTENCE);
    }

    /** Whether a text can be shown as it is. */
    static boolean isOneLine(String text) {
        return oneLine(text, text.length()).equals(text);
    }

    private static String oneLine(String text, int longest) {
        StringBuilder shown = new StringBuilder();
        int end = Math.min(text.length(), longest);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (isUnsafe(c, i + 1 < text.length() ? text.charAt(i + 1) : 0, i > 0 ? text.charAt(i - 1) : 0)) {
                shown.append(String.format("\\u%04x", (int) c));
            } else {
                shown.append(c);
            }
        }
        return text.length() > end ? shown.append("...").toString() : shown.toString();
    }

    private static boolean isUnsafe(char c, char next, char before) {
        if (Character.isHighSurrogate(c)) {
            return !Character.isLowSurrogate(next);
        }
        if (Character.isLowSurrogate(c)) {
            return !Character.isHighSurrogate(before);
        }
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
