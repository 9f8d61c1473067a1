package io.levee.guard.server.hooks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A name with label matchers, as in {@code name{label="value",other=~"a|b"}}: all of PromQL that is understood here. Immutable.
 *
 * @param name the metric's name
 * @param matchers its matchers
 */
record PromSelector(String name, List<Matcher> matchers) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");

    /** One matcher; a pattern matches a whole value, as Prometheus has it. */
    record Matcher(
            String label,
            String operator,
            String value,
            @Nullable Pattern pattern) {
        boolean matches(@Nullable String actual) {
            String text = actual == null ? "" : actual;
            return switch (operator) {
                case "=" -> text.equals(value);
                case "!=" -> !text.equals(value);
                case "=~" -> pattern != null && pattern.matcher(text).matches();
                default -> pattern != null && !pattern.matcher(text).matches();
            };
        }
    }

    boolean matches(Map<String, String> labels) {
        return matchers.stream()
                .filter(each -> !each.label.equals("__name__"))
                .allMatch(each -> each.matches(labels.get(each.label)));
    }

    /** The value that a label must have; null if it is not given by an equals sign. */
    @Nullable
    String exact(String label) {
        return matchers.stream()
                .filter(each -> each.label.equals(label) && each.operator.equals("="))
                .map(Matcher::value)
                .findFirst()
                .orElse(null);
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException saying where it ceases to be one
     */
    static PromSelector parse(String text) {
        return new Reader(text).selector();
    }

    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        PromSelector selector() {
            spaces();
            String name = at < text.length() && text.charAt(at) == '{' ? "" : name("a name");
            List<Matcher> matchers = new ArrayList<>();
            spaces();
            if (takes("{")) {
                spaces();
                while (!takes("}")) {
                    matchers.add(matcher());
                    spaces();
                    if (!takes(",")) {
                        spaces();
                        expect("}");
                        break;
                    }
                    spaces();
                }
            }
            spaces();
            if (at < text.length()) {
                throw wrong("only a name with label matchers is understood, no functions and operators");
            }
            if (name.isEmpty()) {
                name = matchers.stream()
                        .filter(each -> each.label.equals("__name__") && each.operator.equals("="))
                        .map(Matcher::value)
                        .findFirst()
                        .orElseThrow(() -> wrong("a name is missing"));
            }
            return new PromSelector(name, List.copyOf(matchers));
        }

        private Matcher matcher() {
            String label = name("a label");
            spaces();
            String operator = takes("=~") ? "=~" : takes("!~") ? "!~" : takes("!=") ? "!=" : "=";
            if (operator.equals("=")) {
                expect("=");
            }
            spaces();
            String value = quoted();
            try {
                return new Matcher(label, operator, value, operator.endsWith("~") ? Pattern.compile(value) : null);
            } catch (PatternSyntaxException e) {
                throw wrong("'" + value + "' is no pattern");
            }
        }

        private String name(String what) {
            java.util.regex.Matcher name = NAME.matcher(text).region(at, text.length());
            if (!name.lookingAt()) {
                throw wrong(what + " is missing");
            }
            at = name.end();
            return name.group();
        }

        private String quoted() {
            char quote = at < text.length() ? text.charAt(at) : 0;
            if (quote != '"' && quote != '\'') {
                throw wrong("a value in quotes is missing");
            }
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != quote; at++) {
                char c = text.charAt(at);
                if (c == '\\' && at + 1 < text.length()) {
                    at++;
                    c = text.charAt(at);
                    c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
                }
                value.append(c);
            }
            if (at >= text.length()) {
                throw wrong("a quote is not closed");
            }
            at++;
            return value.toString();
        }

        private void spaces() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private boolean takes(String token) {
            if (text.startsWith(token, at)) {
                at += token.length();
                return true;
            }
            return false;
        }

        private void expect(String token) {
            if (!takes(token)) {
                throw wrong("'" + token + "' is missing");
            }
        }

        private IllegalArgumentException wrong(String what) {
            return new IllegalArgumentException("parse error at char " + (at + 1) + ": " + what);
        }
    }
}
