package io.levee.yaml.read;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** From a text to YAML nodes. Whatever is no YAML becomes a {@link io.levee.yaml.Problem} with its place. */
public final class Document {
    /**
     * The longest file that is read, in bytes: some thousand downstreams or objectives. What is longer is another file, and must not
     * be read into memory to find that out.
     */
    public static final int MAX_BYTES = 1 << 20;

    /**
     * Parts of a file that may stand for others: {@code *name}. More than the parser's own 50, since a file of a hundred
     * downstreams may well share one retry policy; bounded, since what one alias stands for is read again for each.
     */
    private static final int MAX_ALIASES = 1_000;

    private Document() {}

    /**
     * The text's only document; null, and a problem, if it has none or is no YAML.
     *
     * @param begin how such a file begins, for who has an empty one
     */
    public static @Nullable Node read(Problems problems, String name, String yaml, String begin) {
        List<Node> documents = readAll(problems, name, yaml, begin, true);
        return documents.isEmpty() ? null : documents.get(0);
    }

    /**
     * All documents of the text, which {@code ---} separates; none, and a problem, if it has none or is no YAML.
     *
     * @param begin how such a file begins, for who has an empty one
     */
    public static List<Node> readAll(Problems problems, String name, String yaml, String begin) {
        return readAll(problems, name, yaml, begin, false);
    }

    private static List<Node> readAll(Problems problems, String name, String yaml, String begin, boolean single) {
        // A byte order mark is not a part of the text.
        String text = yaml.startsWith("\uFEFF") ? yaml.substring(1) : yaml;
        if (text.length() > MAX_BYTES) {
            problems.add(1, 1, "", "is longer than " + MAX_BYTES + " characters; split it");
            return List.of();
        }
        if (hasForbiddenCharacter(problems, text)) {
            return List.of();
        }
        return compose(problems, name, text, begin, single);
    }

    /** The parser would refuse it, too, but without the place. */
    private static boolean hasForbiddenCharacter(Problems problems, String text) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < text.length(); i++) {
            int character = text.codePointAt(i);
            if (!StreamReader.isPrintable(character)) {
                problems.add(
                        line,
                        column,
                        "",
                        String.format("is no YAML: the character U+%04X is not allowed; remove it", character));
                return true;
            }
            if (character == '\n') {
                line++;
                column = 0;
            }
            column++;
            i += Character.charCount(character) - 1;
        }
        return false;
    }

    private static List<Node> compose(Problems problems, String name, String text, String begin, boolean single) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setMaxAliasesForCollections(MAX_ALIASES)
                // Section reports both, with all the others.
                .setAllowDuplicateKeys(true)
                .setAllowNonScalarKeys(true)
                .build();
        try {
            Composer composer = new Composer(
                    settings, new ShallowParser(new ParserImpl(settings, new StreamReader(settings, text))));
            List<Node> documents = new ArrayList<>();
            if (single) {
                composer.getSingleNode().ifPresent(documents::add);
            } else {
                composer.forEachRemaining(documents::add);
            }
            if (documents.isEmpty()) {
                problems.add(1, 1, "", "is empty; begin with '" + begin + "'");
            }
            return documents;
        } catch (MarkedYamlEngineException e) {
            String context = e.getContext();
            problems.add(
                    e.getProblemMark().or(e::getContextMark),
                    "",
                    "is no YAML: " + Shown.parsersWords((context == null ? "" : context + ", ") + e.getProblem()));
        } catch (YamlVersionException e) {
            problems.add(
                    1,
                    1,
                    "",
                    "asks for YAML " + e.getSpecVersion().getMajor() + '.'
                            + e.getSpecVersion().getMinor() + "; this release reads 1.2, remove the %YAML line");
        } catch (YamlEngineException e) {
            problems.add(1, 1, "", "is no YAML: " + Shown.parsersWords(e.getMessage()));
        }
        return List.of();
    }
}
