package io.levee.guard.actions;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schema that editors complete files of rules from says what the parser does. */
class ActionSchemaTest {
    private static final JsonNode SCHEMA = schema();
    private static final Schema VALIDATOR = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SCHEMA);

    /** What no schema can say: numbers in texts, two settings held against each other. */
    private static final List<String> FOR_THE_PARSER_ALONE = List.of(
            "when: {left: {below: 20}}",
            "when: {left: {below: 120%}}",
            "when: {spent: {over: 2h, above: 5, of: budget}}",
            "when: {badShare: {over: 5s, above: 1%}}",
            "when: {badShare: {over: 15s, above: 1%}}",
            "when: {burnRate: {over: 1h, above: 0}}",
            "limit: 200h",
            "limit: 0s",
            "advice: 'burn {burnRate}'",
            "advice: 'left {lft}'",
            "then: [{signal: {name: x, limit: 0%}}]",
            "then: [{signal: {name: x, weights: {a: 0}}}]",
            "then: [{webhook: {url: 'https://evil.example.com/x'}}]",
            "then: [{webhook: {url: 'https://u:p@hooks.example.com'}}]",
            "then: [{webhook: {url: 'https://hooks.example.com:8443/'}}]",
            "then: [{command: {run: [a], timeout: 1h}}]");

    private static JsonNode schema() {
        try (InputStream in = ActionSchemaTest.class.getResourceAsStream("actions.schema.json")) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean accepts(String yaml) {
        Object document = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return VALIDATOR
                .validate(JsonMapper.shared().writeValueAsString(document), InputFormat.JSON)
                .isEmpty();
    }

    static List<String> refused() throws NoSuchMethodException {
        String[] rows = ActionFileTest.class
                .getDeclaredMethod("eachMistakeHasItsSettingAndAWayOut", String.class, String.class, String.class)
                .getAnnotation(CsvSource.class)
                .value();
        List<String> lines = Arrays.stream(rows)
                .map(row -> row.substring(0, row.indexOf('|')).strip())
                .toList();
        assertThat(lines).hasSizeGreaterThan(30).containsAll(FOR_THE_PARSER_ALONE);
        return lines;
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatTheParserRefusesTheSchemaRefusesWhereItCan(String line) {
        assertThat(accepts(ActionFileTest.rule(line))).isEqualTo(FOR_THE_PARSER_ALONE.contains(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "when: {badShare: {over: 10s, above: 5%, minimum: 1, slo: other}}",
                "when: {any: [{all: [{left: {above: -5%}}]}, {left: {below: 5m}}]}",
                "when: {spent: {over: 2h, below: 0.018%, of: total}}",
                "enabled: false",
                "clear: {burnRate: {over: 6h, below: 1.5}}",
                "clearFor: 1.5m",
                "then: [{signal: {name: x, fallback: false}}, {signal: {name: y, breaker: closed}}]",
                "then: [{signal: {name: x, limit: 0.5}}, {signal: {name: y, weights: {a: 1, b: 0}}}]",
                "then: [{webhook: {url: 'https://hooks.example.com/x', secretEnv: A, tokenEnv: B, timeout: 1s, attempts: 1}}]",
                "then: [{command: {run: [a, -n, 1, -n, true], env: [A], timeout: 1s, undo: [b]}}]",
            })
    void whatTheParserAcceptsTheSchemaAccepts(String line) {
        assertThat(ActionFile.parse("f.yaml", ActionFileTest.rule(line)).ruleNames())
                .containsExactly("a");
        assertThat(accepts(ActionFileTest.rule(line))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rule | %s",
                "condition | when: {%s}",
                "rate | when: {badShare: {%s}}",
                "rate | when: {burnRate: {%s}}",
                "spent | when: {spent: {%s}}",
                "left | when: {left: {%s}}",
                "effect | then: [{%s}]",
                "signal | then: [{signal: {%s}}]",
                "webhook | then: [{webhook: {%s}}]",
                "command | then: [{command: {%s}}]",
            })
    void eachSectionHasTheKeysThatTheParserKnows(String section, String form) {
        String unknown = "zzzzzzzzzzzzzzzzzzzzzzzz: 1";
        List<String> known = new ArrayList<>();
        try {
            ActionFile.parse("f.yaml", ActionFileTest.rule(String.format(form, unknown)));
        } catch (ActionFileException e) {
            Matcher keys = Pattern.compile("unknown setting; known: (.*)").matcher(e.getMessage());
            assertThat(keys.find()).as(e.getMessage()).isTrue();
            known.addAll(List.of(keys.group(1).split(", ")));
        }
        assertThat(new TreeSet<>(known))
                .isEqualTo(new TreeSet<>(
                        SCHEMA.at("/$defs/" + section + "/properties").propertyNames()));
    }
}
