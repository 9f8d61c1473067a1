package io.levee.yaml.read;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of the file, read key by key. Whatever is wrong becomes a {@link io.levee.yaml.Problem}, and the reader goes on: every
 * getter answers null for a setting that is absent, and for one that was wrong.
 */
public final class Section {
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]{1,3})?");

    /** A regular expression with a group that repeats calls itself for each repetition. */
    private static final int MAX_TEXT = 1_000;

    /** Each element becomes a rule that every outcome is held against. */
    private static final int MAX_ELEMENTS = 500;

    private final Problems problems;
    private final String path;
    private final Node at;
    private final Map<String, Node> values = new LinkedHashMap<>();

    private Section(Problems problems, String path, Node at) {
        this.problems = problems;
        this.path = path;
        this.at = at;
    }

    /**
     * Opens a mapping whose keys are known.
     *
     * @return null, and a problem, if it is none
     */
    public static @Nullable Section open(Problems problems, String path, Node node, List<String> known) {
        Section section = open(problems, path, node);
        if (section == null) {
            return null;
        }
        section.values.forEach((key, value) -> {
            if (!known.contains(key)) {
                section.problem(value, key, "unknown setting" + Suggestion.wayOut(key, known));
            }
        });
        return section;
    }

    /** Opens a mapping whose keys are names of the user's. */
    public static @Nullable Section open(Problems problems, String path, Node node) {
        if (!(node instanceof MappingNode mapping)) {
            problems.add(
                    node,
                    path,
                    "must be a block of settings (key: value), is " + kind(node)
                            + (isEmpty(node) ? "; write {} for the defaults" : ""));
            return null;
        }
        Section section = new Section(problems, path, node);
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(tuple.getKeyNode(), path, "a key must be a plain name, is " + kind(tuple.getKeyNode()));
            } else if (section.values.containsKey(key.getValue())) {
                problems.add(key, section.sub(key.getValue()), "is given twice; remove one");
            } else {
                section.values.put(key.getValue(), tuple.getValueNode());
            }
        }
        return section;
    }

    private String sub(String key) {
        String shown = Shown.plain(key);
        return path.isEmpty() ? shown : path + '.' + shown;
    }

    private static String kind(Node node) {
        if (node instanceof MappingNode) {
            return "a block of settings";
        }
        if (node instanceof SequenceNode) {
            return "a list";
        }
        return isEmpty(node) ? "empty" : Shown.quoted(((ScalarNode) node).getValue());
    }

    private static boolean isEmpty(Node node) {
        return node instanceof ScalarNode scalar && scalar.isPlain() && Tag.NULL.equals(scalar.getTag());
    }

    public Iterable<String> keys() {
        return values.keySet();
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    @Nullable
    public Node node(String key) {
        return values.get(key);
    }

    private void problem(Node where, String key, String message) {
        problems.add(where, sub(key), message);
    }

    /** Reports what is wrong with a setting that is there, or with the whole section if it is not. */
    public void problem(String key, String message) {
        Node node = values.get(key);
        problems.add(node == null ? at : node, node == null ? path : sub(key), message);
    }

    /** Reports what is wrong with the section as a whole. */
    public void problem(String message) {
        problems.add(at, path, message);
    }

    /** Reports what is wrong with the name of a setting that is there, and so with this section. */
    public void problemWithName(String key, String message) {
        Node node = values.get(key);
        problems.add(node == null ? at : node, path, message);
    }

    /** What a setter of the library makes of the whole section; null, and a problem, if it refuses it. */
    public <T> @Nullable T tried(Problems.Refusable<T> setter) {
        return problems.tried(at, path, setter);
    }

    /** A section inside this one. */
    @Nullable
    public Section section(String key, List<String> known) {
        Node node = values.get(key);
        return node == null ? null : open(problems, sub(key), node, known);
    }

    /** A list of sections inside this one: those that are sections; empty if absent. */
    public List<Section> sections(String key, List<String> known) {
        Node node = values.get(key);
        List<Section> result = new ArrayList<>();
        if (node instanceof SequenceNode sequence && sequence.getValue().size() <= MAX_ELEMENTS) {
            int index = 0;
            for (Node each : sequence.getValue()) {
                Section section = open(problems, sub(key) + '[' + index++ + ']', each, known);
                if (section != null) {
                    result.add(section);
                }
            }
        } else if (node != null) {
            problem(node, key, "must be a list of at most " + MAX_ELEMENTS + " blocks, is " + kind(node));
        }
        return result;
    }

    /** A section of names inside this one. */
    @Nullable
    public Section names(String key) {
        Node node = values.get(key);
        return node == null ? null : open(problems, sub(key), node);
    }

    /** Whether a setting says that there shall be none. */
    public boolean saysNone(String key) {
        return values.get(key) instanceof ScalarNode scalar && scalar.getValue().equals("none");
    }

    private @Nullable ScalarNode scalar(String key, String wanted) {
        Node node = values.get(key);
        if (node == null) {
            return null;
        }
        if (node instanceof ScalarNode scalar && !isEmpty(node)) {
            return scalar;
        }
        problem(node, key, "must be " + wanted + ", is " + kind(node));
        return null;
    }

    /** A single value as it is written, handed to a reader; null if absent, and with a problem if it is refused. */
    public <T> @Nullable T value(String key, String wanted, Function<String, T> reader) {
        ScalarNode scalar = scalar(key, wanted);
        return scalar == null ? null : problems.tried(scalar, sub(key), () -> reader.apply(scalar.getValue()));
    }

    /** A text of some length at most; null if absent. */
    public @Nullable String text(String key, int longest) {
        return value(key, "a text", text -> {
            if (text.length() > longest) {
                throw new IllegalArgumentException(
                        "must have at most " + longest + " characters, has " + text.length());
            }
            return text;
        });
    }

    /** A list of blocks of settings; empty if absent. */
    public List<Section> sections(String key) {
        Node node = values.get(key);
        List<Section> sections = new ArrayList<>();
        if (node instanceof SequenceNode sequence) {
            for (Node each : sequence.getValue()) {
                Section section = open(problems, sub(key) + '[' + sections.size() + ']', each);
                if (section == null) {
                    break;
                }
                sections.add(section);
            }
        } else if (node != null) {
            problem(node, key, "must be a list of blocks, is " + kind(node));
        }
        return sections;
    }

    /** Where this section stands in the file. */
    public Node at() {
        return at;
    }

    /** The path of a setting in this section, as problems name it. */
    public String path(String key) {
        return sub(key);
    }

    /** Where problems go. */
    public Problems problems() {
        return problems;
    }

    /** A duration, handed to a setter of the library's. */
    public <T> @Nullable T duration(String key, Function<Duration, T> setter) {
        ScalarNode scalar = scalar(key, "a duration such as 250ms");
        return scalar == null
                ? null
                : problems.tried(scalar, sub(key), () -> setter.apply(Durations.parse(scalar.getValue())));
    }

    /** A whole number, handed to a setter of the library's. */
    public <T> @Nullable T integer(String key, IntFunction<T> setter) {
        ScalarNode scalar = scalar(key, "a whole number");
        return scalar == null ? null : problems.tried(scalar, sub(key), () -> setter.apply(integer(scalar)));
    }

    /** The value as it is written: '3' in quotes is a text and no number. */
    private static String shown(ScalarNode scalar) {
        return Shown.quoted(scalar.getValue())
                + (scalar.isPlain() || !NUMBER.matcher(scalar.getValue()).matches()
                        ? ""
                        : " in quotes, which is a text; remove the quotes");
    }

    private static int integer(ScalarNode scalar) {
        String text = scalar.getValue();
        if (!scalar.isPlain() || !INTEGER.matcher(text).matches()) {
            throw new IllegalArgumentException("must be a whole number, is " + shown(scalar));
        }
        long value = Long.parseLong(text);
        if (value != (int) value) {
            throw new IllegalArgumentException("must be from -2147483648 to 2147483647, is " + text);
        }
        return (int) value;
    }

    /** A number, handed to a setter of the library's. */
    public <T> @Nullable T number(String key, DoubleFunction<T> setter) {
        ScalarNode scalar = scalar(key, "a number");
        return scalar == null ? null : problems.tried(scalar, sub(key), () -> setter.apply(number(scalar)));
    }

    private static double number(ScalarNode scalar) {
        String text = scalar.getValue();
        if (!isNumber(scalar)) {
            throw new IllegalArgumentException("must be a number, is " + shown(scalar));
        }
        return Double.parseDouble(text);
    }

    private static boolean isNumber(ScalarNode scalar) {
        return scalar.isPlain() && NUMBER.matcher(scalar.getValue()).matches();
    }

    /** Whether a setting is written as a number. */
    public boolean isNumber(String key) {
        return values.get(key) instanceof ScalarNode scalar && isNumber(scalar);
    }

    /** A text in one line, of something that is not blank; null if absent. */
    public @Nullable String text(String key) {
        ScalarNode scalar = scalar(key, "a text");
        if (scalar == null) {
            return null;
        }
        String text = scalar.getValue();
        if (text.isBlank() || text.length() > MAX_TEXT || !Shown.isOneLine(text)) {
            problem(scalar, key, "must be a text on one line, of 1 to " + MAX_TEXT + " characters");
            return null;
        }
        return text;
    }

    /** True or false; null if absent. */
    @Nullable
    public Boolean flag(String key) {
        ScalarNode scalar = scalar(key, "true or false");
        if (scalar == null) {
            return null;
        }
        return problems.tried(scalar, sub(key), () -> switch (scalar.getValue()) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new IllegalArgumentException("must be true or false, is " + Shown.quoted(scalar.getValue()));
        });
    }

    /** One of some words; null if absent, and if it is none of them. */
    @Nullable
    public String word(String key, List<String> allowed, String... otherForms) {
        List<String> shown = new ArrayList<>(allowed);
        shown.addAll(List.of(otherForms));
        ScalarNode scalar = scalar(key, "one of " + String.join(", ", shown));
        if (scalar == null) {
            return null;
        }
        if (allowed.contains(scalar.getValue())) {
            return scalar.getValue();
        }
        problem(
                scalar,
                key,
                Shown.quoted(scalar.getValue()) + " is not known" + Suggestion.wayOut(scalar.getValue(), shown));
        return null;
    }

    /** A list of whole numbers; empty if absent. In the order of the file. */
    public Set<Integer> integers(String key, int min, int max) {
        return list(key, scalar -> {
            int value = integer(scalar);
            if (value < min || value > max) {
                throw new IllegalArgumentException("must be from " + min + " to " + max + ", is " + value);
            }
            return value;
        });
    }

    /** A list of texts of one form; empty if absent. In the order of the file. */
    public Set<String> texts(String key, Pattern form, String what) {
        return list(key, scalar -> {
            if (scalar.getValue().length() > MAX_TEXT
                    || !form.matcher(scalar.getValue()).matches()) {
                throw new IllegalArgumentException(Shown.quoted(scalar.getValue()) + " is no " + what);
            }
            return scalar.getValue();
        });
    }

    /** A list of texts, such as a command with its arguments, which may repeat; empty if absent. In the order of the file. */
    public List<String> arguments(String key) {
        List<String> result = new ArrayList<>();
        elements(
                key,
                scalar -> {
                    if (scalar.getValue().length() > MAX_TEXT) {
                        throw new IllegalArgumentException("must have at most " + MAX_TEXT + " characters, has "
                                + scalar.getValue().length());
                    }
                    return scalar.getValue();
                },
                result::add);
        return result;
    }

    private <T> Set<T> list(String key, Function<ScalarNode, T> element) {
        Set<T> result = new LinkedHashSet<>();
        elements(key, element, result::add);
        return result;
    }

    private <T> void elements(String key, Function<ScalarNode, T> element, Predicate<T> taken) {
        Node node = values.get(key);
        if (node == null) {
            return;
        }
        if (!(node instanceof SequenceNode sequence)) {
            problem(node, key, "must be a list such as [a, b], is " + kind(node));
            return;
        }
        if (sequence.getValue().size() > MAX_ELEMENTS) {
            problem(
                    node,
                    key,
                    "must have at most " + MAX_ELEMENTS + " elements, has "
                            + sequence.getValue().size());
            return;
        }
        int index = 0;
        for (Node each : sequence.getValue()) {
            String place = sub(key) + '[' + index++ + ']';
            if (!(each instanceof ScalarNode scalar) || isEmpty(each)) {
                problems.add(each, place, "must be a single value, is " + kind(each));
                continue;
            }
            T value = problems.tried(each, place, () -> element.apply(scalar));
            if (value != null && !taken.test(value)) {
                problems.add(each, place, Shown.plain(value.toString()) + " is listed twice; remove one");
            }
        }
    }
}
