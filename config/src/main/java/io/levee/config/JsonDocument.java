package io.levee.config;

import io.levee.yaml.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/**
 * A JSON text as maps, lists, strings, doubles and booleans, with the place of each value. YAML 1.2 contains JSON, so the
 * parser that reads policy files reads this too, and no second one is needed.
 *
 * @param root the value
 * @param problems where what is wrong with it goes
 */
record JsonDocument(@Nullable Object root, PathProblems problems) {
    static JsonDocument parse(String name, String json) {
        Map<String, Mark> marks = new HashMap<>();
        // YAML has no tabs where JSON may have them; a string in JSON holds none.
        String text = json.replace('\t', ' ');
        LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setSchema(new JsonSchema())
                .build();
        try {
            Node root = new Composer(settings, new ParserImpl(settings, new StreamReader(settings, text)))
                    .getSingleNode()
                    .orElse(null);
            Object value = root == null ? null : value(root, "", marks);
            return new JsonDocument(value, new PathProblems(name, marks));
        } catch (MarkedYamlEngineException e) {
            throw noJson(name, e.getProblemMark(), e.getProblem());
        } catch (YamlEngineException e) {
            throw noJson(name, Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private static PolicyFileException noJson(String name, Optional<Mark> mark, String problem) {
        int line = mark.map(Mark::getLine).orElse(0) + 1;
        int column = mark.map(Mark::getColumn).orElse(0) + 1;
        return new PolicyFileException(List.of(new Problem(name, line, column, "", "is no JSON: " + problem)));
    }

    private static @Nullable Object value(Node node, String path, Map<String, Mark> marks) {
        node.getStartMark().ifPresent(mark -> marks.put(path, mark));
        if (node instanceof MappingNode mapping) {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            for (NodeTuple entry : mapping.getValue()) {
                String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
                values.put(key, value(entry.getValueNode(), path.isEmpty() ? key : path + "." + key, marks));
            }
            return values;
        }
        if (node instanceof SequenceNode sequence) {
            List<@Nullable Object> values = new ArrayList<>();
            for (Node each : sequence.getValue()) {
                values.add(value(each, path + "[" + values.size() + "]", marks));
            }
            return values;
        }
        return scalar((ScalarNode) node);
    }

    private static @Nullable Object scalar(ScalarNode scalar) {
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
            return Double.valueOf(scalar.getValue());
        }
        if (tag.equals(Tag.BOOL)) {
            return Boolean.valueOf(scalar.getValue());
        }
        return tag.equals(Tag.NULL) ? null : scalar.getValue();
    }
}
