package io.levee.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schema that editors complete policy files from says what the parser does. */
class PolicySchemaTest {
    private static final JsonNode SCHEMA = schema();
    private static final Schema VALIDATOR = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SCHEMA);

    /** What the parser refuses and no schema can: two settings held against each other, and ranges of whole durations. */
    private static final List<String> FOR_THE_PARSER_ALONE = List.of(
            "deadline: 0.1ns",
            "deadline: 99999999h",
            "retry: {base: 1s, cap: 100ms}",
            "retry: {base: 30s}",
            "retry: {backoff: fixed, multiplier: 2}",
            "breaker: {failureRate: 1, overTime: 1s, overCalls: 5}",
            "breaker: {failureRate: 1, overCalls: 5, minimumCalls: 9}",
            "breaker: {consecutiveFailures: 3, overCalls: 5}",
            "{protection: adaptive, concurrencyLimit: none}",
            "{protection: breaker, breaker: none}",
            "classify: {retryStatus: [500], finalStatus: [500]}",
            "classify: {retryOn: [a.B], finalOn: [a.B]}");

    private static JsonNode schema() {
        try (InputStream in = PolicySchemaTest.class.getResourceAsStream("policy.schema.json")) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean accepts(String yaml) {
        Object document = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        String json = JsonMapper.shared().writeValueAsString(document);
        return VALIDATOR.validate(json, InputFormat.JSON).isEmpty();
    }

    private static boolean parses(String yaml) {
        try {
            return !LeveeConfig.parse("f.yaml", yaml).names().isEmpty();
        } catch (PolicyFileException refused) {
            return false;
        }
    }

    private static String block(String line) {
        return "version: 1\ndownstreams:\n  a:\n    " + line + "\n";
    }

    // --- the same keys -----------------------------------------------------------------------------------------------

    /** A section of the file by its path, with the keys that the schema lists there. */
    record Keys(List<String> path, Set<String> known) {
        @Override
        public String toString() {
            return String.join(".", path);
        }
    }

    static Stream<Keys> sections() {
        List<Keys> found = new ArrayList<>();
        collect(SCHEMA, List.of(), found);
        return found.stream();
    }

    private static void collect(JsonNode schema, List<String> path, List<Keys> found) {
        if (schema.has("$ref")) {
            collect(SCHEMA.at(schema.get("$ref").asString().substring(1)), path, found);
        }
        schema.path("anyOf").forEach(each -> collect(each, path, found));
        JsonNode named = schema.path("additionalProperties");
        if (named.isObject() && named.has("$ref")) {
            collect(named, with(path, "a"), found);
        }
        if (schema.has("properties")) {
            found.add(new Keys(path, new TreeSet<>(schema.get("properties").propertyNames())));
            schema.get("properties")
                    .properties()
                    .forEach(each -> collect(each.getValue(), with(path, each.getKey()), found));
        }
    }

    private static List<String> with(List<String> path, String key) {
        List<String> longer = new ArrayList<>(path);
        longer.add(key);
        return longer;
    }

    @ParameterizedTest
    @MethodSource("sections")
    void eachSectionHasTheKeysThatTheParserKnows(Keys section) {
        // The parser answers a key that is like none of its own with all that it knows.
        String yaml = "zzzzzzzzzzzzzzzzzzzzzzzz: 1";
        for (int i = section.path.size() - 1; i >= 0; i--) {
            yaml = section.path.get(i) + ": {" + yaml + "}";
        }
        String all = section.path.isEmpty() ? "{" + yaml + "}" : "{version: 1, " + yaml + "}";
        String message = "";
        try {
            LeveeConfig.parse("f.yaml", all);
        } catch (PolicyFileException e) {
            message = e.getMessage();
        }
        Matcher known = Pattern.compile("unknown setting; known: (.*)").matcher(message);
        assertThat(known.find()).as(message).isTrue();
        assertThat(new TreeSet<>(Arrays.asList(known.group(1).split(", ")))).isEqualTo(section.known);
    }

    @Test
    void allSectionsAreCompared() {
        assertThat(sections().map(Keys::toString))
                .contains("", "facts", "downstreams.a", "downstreams.a.retry", "downstreams.a.breaker.growing")
                .hasSizeGreaterThanOrEqualTo(12);
    }

    // --- the same values ---------------------------------------------------------------------------------------------

    static List<String> refused() throws NoSuchMethodException {
        String[] rows = PolicyProblemsTest.class
                .getDeclaredMethod(
                        "eachKindHasItsPlaceItsSettingAndAWayOut", String.class, int.class, String.class, String.class)
                .getAnnotation(CsvSource.class)
                .value();
        List<String> lines = Arrays.stream(rows)
                .map(row -> row.substring(0, row.indexOf('|')).strip())
                .filter(line -> !line.startsWith("[deadline]")) // no JSON object has such a key
                .toList();
        assertThat(lines).hasSizeGreaterThan(50).containsAll(FOR_THE_PARSER_ALONE);
        return lines;
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatTheParserRefusesTheSchemaRefusesWhereItCan(String line) {
        assertThat(parses(block(line))).isFalse();
        assertThat(accepts(block(line))).isEqualTo(FOR_THE_PARSER_ALONE.contains(line));
    }

    static List<String> accepted() {
        return List.of(
                "{}",
                "retry: none",
                "retry: {}",
                "retry: {backoff: fixed, base: 0ms, jitter: none, attempts: 1}",
                "retry: {backoff: exponential, base: 1.5 s, multiplier: 1.5, cap: 2m, jitter: 0.2, attempts: 9}",
                "retry: {jitter: 1}",
                "retry: {jitter: equal}",
                "retry: {jitter: decorrelated}",
                "deadline: none",
                "deadline: 1h",
                "attemptTimeout: none",
                "attemptTimeout: 250ns",
                "maxServerDelay: 0s",
                "idempotent: false",
                "limiter: none",
                "limiter: {perSecond: 0.5, burst: 1, maxWaiting: 0}",
                "breaker: none",
                "breaker: {consecutiveFailures: 3, openFor: 30s, probeLease: 1m}",
                "breaker: {failureRate: 0.5, overTime: 10s, minimumCalls: 5, growing: {multiplier: 1, max: 1h}}",
                "breaker: {failureRate: 1, overCalls: 10, minimumCalls: 5, slowCalls: {threshold: 1s, share: 0.5}}",
                "retryBudget: none",
                "retryBudget: {ratio: 0, reservePerSecond: 0, maxBalance: 1}",
                "bulkhead: none",
                "bulkhead: {inFlight: 1}",
                "throttle: {}",
                "throttle: {multiplier: 1.5, window: 30s, maxRejection: 0.8, minimumPerSecond: 1}",
                "concurrencyLimit: {min: 5, max: 50, initial: 10, window: 500ms, maxWait: 0s}",
                "hedge: {percentile: 0.9, atLeast: 2ms, window: 30s, minimumSamples: 50}",
                "hedge: {after: 20ms}",
                "concurrencyLimit: none",
                "protection: adaptive",
                "protection: breaker",
                "protection: none",
                "classify: {}",
                "classify: {retryStatus: [500], finalStatus: [503], retryOn: [a.B$C], finalOn: []}",
                "facts: {}",
                "facts: {service: a, idleTimeout: 60s, capacityPerSecond: 0.5, clientAttempts: 2, sideEffects: true}",
                "lintIgnore: {}",
                "lintIgnore: {no-jitter: one client only}");
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void whatTheParserAcceptsTheSchemaAccepts(String line) {
        assertThat(parses(block(line))).isTrue();
        assertThat(accepts(block(line))).isTrue();
    }

    /** Of any settings together the schema may refuse only what the parser refuses. */
    @Property(tries = 300)
    void theSchemaIsNeverStricterThanTheParser(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 38) Integer> lines, @ForAll boolean withFault)
            throws NoSuchMethodException {
        List<String> chosen = new ArrayList<>();
        lines.forEach(line -> chosen.add(accepted().get(line)));
        if (withFault) {
            chosen.add(refused().get(lines.get(0)));
        }
        Set<String> keys = new TreeSet<>();
        chosen.removeIf(line -> line.equals("{}") || !keys.add(line.replaceFirst(":.*", "")));
        String yaml = chosen.isEmpty() ? block("{}") : block(String.join("\n    ", chosen));
        if (parses(yaml)) {
            assertThat(accepts(yaml)).as(yaml).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "version: 2\\ndownstreams: {a: {}}",
                "downstreams: {a: {}}",
                "version: 1",
                "version: 1\\ndownstreams: {}",
                "version: 1\\ndownstreams: {' ': {}}",
                "version: 1\\ndownstreams: [a]",
                "version: 1\\ndownstreams: {a: {}}\\nfacts: {service: ' '}",
                "version: 1\\ndownstreams: {a: {}}\\nfacts: {callerTimeout: 0s}",
                "version: 1\\ndownstreams: {a: {facts: {clientAttempts: 0}}}",
                "version: 1\\ndownstreams: {a: {facts: {capacityPerSecond: 0}}}",
                "version: 1\\ndownstreams: {a: {facts: {idleTimeout: 0ms}}}",
                "version: 1\\ndownstreams: {a: {facts: {sideEffects: maybe}}}",
                "version: 1\\ndownstreams: {a: {lintIgnore: [no-jitter]}}",
                "version: 1\\ndownstreams: {a: {lintIgnore: {no-jitter: }}}",
            })
    void aFileThatIsWrongAsAWholeIsRefusedByBoth(String yaml) {
        String text = yaml.replace("\\n", "\n");
        assertThat(parses(text)).isFalse();
        assertThat(accepts(text)).isFalse();
    }

    @Test
    void theDocumentationsExampleIsAccepted() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "policy-file.md"), StandardCharsets.UTF_8);
        Matcher example = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertThat(example.find()).isTrue();
        assertThat(accepts(example.group(1))).isTrue();
    }
}
