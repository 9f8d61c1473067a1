package io.levee.guard.slo.openslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.levee.yaml.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every mistake is told with its file, line, field and way out. */
class OpenSloProblemsTest {
    private static List<Problem> problems(String text) {
        OpenSloException thrown =
                catchThrowableOfType(OpenSloException.class, () -> Catalog.of(List.of(OpenSloFile.parse("f", text))));
        assertThat(thrown).as(text).isNotNull();
        return thrown.problems();
    }

    private static final String WHOLE = OpenSloFileTest.slo("target: 0.9995");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // what is replaced | by what | line | field | says
                "apiVersion: openslo/v1 | apiVersion: openslo/v2 | 1 | apiVersion | this release reads openslo/v1",
                "kind: SLO | kind: SLOO | 2 | kind | did you mean 'SLO'?",
                "  name: a | `  {}` | 4 | metadata | name is missing",
                "service: s | description: s | 6 | spec | service is missing; name the service",
                "indicatorRef: i | `indicatorRef: i, x` | 0 | | ",
                "duration: 28d | duration: 28 days | 9 | spec.timeWindow[0].duration | is no duration",
                "duration: 28d | duration: 1M | 9 | spec.timeWindow[0].duration | has no fixed length",
                "isRolling: true | isRolling: false | 9 | spec.timeWindow[0] | calendar is missing",
                "isRolling: true | isRolling: yes | 10 | spec.timeWindow[0].isRolling | must be true or false",
                "Occurrences | Occurences | 11 | spec.budgetingMethod | did you mean 'Occurrences'?",
                "Occurrences | Timeslices | 13 | spec.objectives[0] | timeSliceWindow is missing, which Timeslices needs",
                "target: 0.9995 | target: 99.95 | 13 | spec.objectives[0].target | did you mean 99.95%?",
                "target: 0.9995 | target: 1 | 13 | spec.objectives[0].target | 100 % leaves no error budget",
                "target: 0.9995 | target: high | 13 | spec.objectives[0].target | 'high' is no number",
                "target: 0.9995 | `displayName: x` | 13 | spec.objectives[0] | exactly one of target",
                "target: 0.9995 | targetPercent: 100 | 13 | spec.objectives[0].targetPercent | at least 0 and below 1",
                "target: 0.9995 | target: 0.9 | 13 | spec.objectives[0].target | page-1h can never fire",
                "target: 0.9995 | `compositeWeight: -1` | 13 | spec.objectives[0].compositeWeight | above 0",
                "indicatorRef: i | description: none | 13 | spec.objectives[0] | no indicator: give indicator",
            })
    void aMistakeHasItsPlaceAndItsWayOut(String part, String by, int line, String field, String says) {
        assertThat(WHOLE).contains(part);
        String text = WHOLE.replace(part, by);
        if (line == 0) {
            assertThat(OpenSloFile.parse("f", text).warnings()).isEmpty();
            return;
        }
        assertThat(problems(text)).anySatisfy(problem -> {
            assertThat(problem.file()).isEqualTo("f");
            assertThat(problem.line()).isEqualTo(line);
            assertThat(problem.path()).isEqualTo(field);
            assertThat(problem.message()).contains(says);
        });
    }

    @Test
    void allOfThemAreToldAtOnce() {
        assertThat(problems(WHOLE.replace("service: s", "x: y")
                        .replace("0.9995", "2")
                        .replace("28d", "28")))
                .extracting(Problem::line)
                .containsExactly(6, 9, 13);
    }

    @Test
    void aTargetThatIsTooLowForARuleSaysWhichRulesRemain() {
        String low = WHOLE.replace("0.9995", "0.9");
        assertThat(problems(low).get(0).message())
                .contains("above 0.9256 over 28d", "levee.io/burn-rules: \"page-6h,ticket-1d,ticket-3d\"");
        String mended = low.replace(
                "  name: a", "  name: a\n  annotations:\n    levee.io/burn-rules: page-6h,ticket-1d,ticket-3d");
        assertThat(OpenSloFile.parse("f", mended).objects()).hasSize(1);
        assertThat(problems(low.replace("0.9", "0")).get(0).message()).contains("burn-rules: \"ticket-3d\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`levee.io/minimum-total: many` | 6 | must be a whole number from 0, is 'many'",
                "`levee.io/minimum-bad: 0` | 6 | must be a whole number from 1",
                "`levee.io/degraded-weight: 2` | 6 | from 0 (as a good event) to 1",
                "`levee.io/no-data: ignore` | 6 | must be exclude, good or bad",
                "`levee.io/minimum-totl: 5` | 6 | did you mean 'levee.io/minimum-total'?",
                "`levee.io/burn-rules: page-2h` | 6 | did you mean 'page-1h'?",
                "`levee.io/gate: {staging: 200}` | 6 | must be from 0 to 100 percent",
                "`levee.io/gate: '{staging: 200}'` | 6 | must be from 0 to 100 percent",
                "`levee.io/gate: '{stagin: 2}'` | 6 | did you mean 'staging'?",
                "`levee.io/exclusions: 'x'` | 6 | must be a list of blocks",
                "`levee.io/exclusions: '[{name: x}]'` | 6 | start is missing",
                "`levee.io/exclusions: '[{'` | 6 | is no YAML",
            })
    void annotationsAreCheckedToo(String annotation, int line, String says) {
        String text = WHOLE.replace("  name: a", "  name: a\n  annotations:\n    " + annotation);
        if (annotation.contains("gate: {staging")) {
            // a block where a text belongs
            assertThat(problems(text).get(0).message()).contains("must be a text, is a block of settings");
            return;
        }
        assertThat(problems(text)).anySatisfy(problem -> {
            assertThat(problem.line()).isEqualTo(line);
            assertThat(problem.message()).contains(says);
        });
    }

    @Test
    void aMistakeInsideABlockHasItsOwnLine() {
        String text = WHOLE.replace("  name: a", """
                  name: a
                  annotations:
                    levee.io/exclusions: |
                      - name: x
                        start: 2026-01-04T02:00
                        timeZone: Europe/Berlim
                        duration: 2h
                        author: ann
                        reason: why
                """.stripTrailing());
        assertThat(problems(text)).singleElement().satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(9);
            assertThat(problem.path()).isEqualTo("metadata.annotations.levee.io/exclusions[0].timeZone");
            assertThat(problem.message()).contains("'Europe/Berlim' is no time zone");
        });
    }

    @Test
    void alertsThatCanNeverFireAreRefused() {
        String condition = """
                ---
                apiVersion: openslo/v1
                kind: AlertPolicy
                metadata:
                  name: p
                spec:
                  conditions:
                    - kind: AlertCondition
                      metadata:
                        name: c
                      spec:
                        severity: page
                        condition:
                          kind: burnrate
                          op: lte
                          threshold: 3000
                          lookbackWindow: 1h
                  notificationTargets: []
                """;
        String text = WHOLE + "  alertPolicies:\n    - alertPolicyRef: p\n" + condition;
        assertThat(problems(text).get(0).message())
                .contains("AlertCondition 'c' at a burn rate of 3000 can never fire", "a share of failures of 1.5");
        OpenSloFile file = OpenSloFile.parse("f", text.replace("3000", "2"));
        assertThat(file.warnings())
                .extracting(Problem::message)
                .contains("lte fires while the budget burns slowly; you probably mean gte");
    }

    @Test
    void indicatorsAreCheckedForWhatExcludesWhat() {
        String sli = """
                apiVersion: openslo/v1
                kind: SLI
                metadata: {name: i}
                spec:
                  ratioMetric:
                    %s
                """;
        String source = "{metricSource: {type: Prometheus, spec: {query: x}}}";
        assertThat(problems(sli.formatted("good: " + source)).get(0).message()).contains("total is missing");
        assertThat(problems(sli.formatted("total: " + source)).get(0).message())
                .contains("exactly one of good and bad");
        assertThat(problems(sli.formatted("raw: " + source)).get(0).message()).contains("rawType is missing");
        assertThat(problems(sli.formatted("rawType: success\n    raw: " + source + "\n    good: " + source)))
                .extracting(Problem::message)
                .containsExactly("excludes raw, which is the ratio already; remove one");
        assertThat(problems(sli.formatted("good: {metricSource: {spec: {}}}\n    total: " + source))
                        .get(0)
                        .message())
                .contains("either type (such as Prometheus) or metricSourceRef");
        assertThat(problems(sli.replace("ratioMetric", "thresholdMetric").formatted("x: y"))
                        .get(0)
                        .message())
                .contains("metricSource is missing");
    }

    @Test
    void twoOfOneNameAreRefused() {
        assertThat(problems(WHOLE + "---\n" + WHOLE).get(0).message()).contains("two of kind SLO");
        assertThatThrownBy(() -> Catalog.of(List.of(OpenSloFile.parse("f", WHOLE), OpenSloFile.parse("g", WHOLE))))
                .isInstanceOf(OpenSloException.class)
                .hasMessageContaining("g:1:1: metadata.name: SLO a is also in f");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"x: [ | is no YAML", "'' | is empty", "[1] | must be a block of settings", "a | must be a block"})
    void whatIsNoDocumentIsTold(String text, String says) {
        assertThat(problems(text).get(0).message()).contains(says);
    }
}
