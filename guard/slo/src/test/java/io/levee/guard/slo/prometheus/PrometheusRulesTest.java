package io.levee.guard.slo.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.OpenSloFile;
import io.levee.guard.slo.openslo.OpenSloFileTest;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules, as the real promtool sees them: what it checks, and when alerts fire in its own unit tests. */
@Timeout(300)
class PrometheusRulesTest {
    @TempDir
    private Path folder;

    private static String rules(OpenSloFile... files) {
        return new PrometheusRules(Catalog.of(List.of(files))).write();
    }

    /** Runs promtool (the Debian package prometheus, see .ci/packages). */
    private String promtool(int exit, String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("promtool.txt");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException missing) {
            assumeTrue(false, "SKIPPED: promtool is not installed (Debian: prometheus): " + missing.getMessage());
            throw missing;
        }
        assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
        String said = Files.readString(output);
        assertThat(process.exitValue()).as(said).isEqualTo(exit);
        return said;
    }

    @Test
    void promtoolFindsNothingWrong() throws Exception {
        Files.writeString(
                folder.resolve("rules.yaml"),
                rules(OpenSloFileTest.file("shop.yaml"), OpenSloFileTest.file("shapes.yaml")));
        assertThat(promtool(0, "check", "rules", "rules.yaml")).contains("SUCCESS");
    }

    /**
     * 100 events a second; eight hours without a failure (and so without a series of them, as it is in life), then so many
     * fail until a minute. Thresholds are those of 28 days at 99.95 %: 0.672 %, 0.28 %, 0.14 %, 0.0467 %.
     */
    @ParameterizedTest
    @CsvSource({
        // failing a second, until minute, looked at in minute, page, ticket
        "0, 2000, 600, false, false",
        // 0.6 % for ten minutes: below the first row, too short for the others
        "0.6, 2000, 490, false, false",
        // 1 % for 90 minutes: the first row; the long rows have seen enough as well
        "1, 2000, 570, true, true",
        // 0.4 % for six hours: the second row
        "0.4, 2000, 850, true, true",
        // 0.2 % for a day: a ticket and no page
        "0.2, 2000, 1980, false, true",
        // 1 % for two hours, over for 40 minutes: the short windows of the page are clean, the ticket's is not yet
        "1, 600, 640, false, true",
        // and over for 400 minutes
        "1, 600, 1000, false, false",
    })
    void alertsFireWhenTheyMustAndNotOtherwise(String failing, int until, int minute, boolean page, boolean ticket)
            throws Exception {
        BigDecimal aMinute = new BigDecimal(failing).multiply(BigDecimal.valueOf(60));
        BigDecimal last = aMinute.multiply(BigDecimal.valueOf(until - 480L));
        alerts(
                OpenSloFileTest.file("shop.yaml"),
                "0+6000x2000",
                "0x480 0+" + aMinute.toPlainString() + "x" + (until - 481) + " " + last.toPlainString() + "x1500",
                minute,
                page,
                ticket);
    }

    /** One event a minute, one failure: 1.67 % of an hour, and yet no reason to wake anybody. */
    @ParameterizedTest
    @CsvSource({"5, false, false", "1, true, true"})
    void oneFailureOfFewEventsFiresOnlyWithoutAMinimum(int minimum, boolean page, boolean ticket) throws Exception {
        String text = OpenSloFileTest.file("shop.yaml").text();
        alerts(
                OpenSloFile.parse("x", text.replace("minimum-bad: \"5\"", "minimum-bad: \"" + minimum + '"')),
                "0+1x600",
                "0x500 1x100",
                503,
                page,
                ticket);
    }

    private void alerts(OpenSloFile file, String good, String bad, int minute, boolean page, boolean ticket)
            throws Exception {
        Files.writeString(folder.resolve("rules.yaml"), rules(file));
        Files.writeString(folder.resolve("test.yaml"), """
                rule_files: [rules.yaml]
                evaluation_interval: 1m
                tests:
                  - interval: 1m
                    input_series:
                      - series: 'orders_total{code="200"}'
                        values: '%s'
                      - series: 'orders_total{code="500"}'
                        values: '%s'
                    alert_rule_test:
                      - eval_time: %dm
                        alertname: ErrorBudgetBurn
                        exp_alerts: [%s]
                """.formatted(good, bad, minute, expected(page, ticket)));
        promtool(0, "test", "rules", "test.yaml");
    }

    private static String expected(boolean page, boolean ticket) {
        return (page ? alert("page") : "") + (page && ticket ? ", " : "") + (ticket ? alert("ticket") : "");
    }

    private static String alert(String severity) {
        return """
                {exp_labels: {severity: %s, sloth_severity: %s, sloth_id: shop-order-submit, sloth_service: shop, \
                sloth_slo: order-submit}, exp_annotations: {summary: "shop order-submit: the error budget burns too fast", \
                title: "(%s) shop order-submit SLO error budget burn rate is too fast."}}""".formatted(severity, severity, severity);
    }

    /**
     * By hand: 10 hours at 100 events a second without a failure, then 10 hours at 1 a second of which a tenth fails: 0.1 %
     * of all (3,600 of 3,636,000), where the mean of ratios would be 5 %.
     */
    @Test
    void theRatioOfTheWindowIsARatioOfSums() throws Exception {
        Files.writeString(folder.resolve("rules.yaml"), rules(OpenSloFileTest.file("shop.yaml")));
        Files.writeString(folder.resolve("test.yaml"), """
                rule_files: [rules.yaml]
                evaluation_interval: 1m
                tests:
                  - interval: 1m
                    input_series:
                      - series: 'orders_total{code="200"}'
                        values: '0+6000x600 3600054+54x600'
                      - series: 'orders_total{code="500"}'
                        values: '0+0x600 6+6x600'
                    promql_expr_test:
                      - expr: round(slo:sli_error:ratio_rate28d * 100000)
                        eval_time: 1200m
                        exp_samples:
                          - labels: '{sloth_id="shop-order-submit", sloth_service="shop", sloth_slo="order-submit", sloth_window="28d"}'
                            value: 99
                      - expr: slo:objective:ratio
                        eval_time: 60m
                        exp_samples:
                          - labels: 'slo:objective:ratio{sloth_id="shop-order-submit", sloth_service="shop", sloth_slo="order-submit"}'
                            value: 0.9995
                      - expr: slo:period_error_budget_remaining:ratio
                        eval_time: 60m
                        exp_samples:
                          - labels: 'slo:period_error_budget_remaining:ratio{sloth_id="shop-order-submit", sloth_service="shop", sloth_slo="order-submit", sloth_window="28d"}'
                            value: 1
                      - expr: levee:error_budget_remaining:ms
                        eval_time: 60m
                        exp_samples:
                          - labels: 'levee:error_budget_remaining:ms{sloth_id="shop-order-submit", sloth_service="shop", sloth_slo="order-submit", sloth_window="28d"}'
                            value: 1209600
                """);
        promtool(0, "test", "rules", "test.yaml");
    }

    @Test
    void namesAreThoseOfSlothAndFactorsThoseOfTheWindow() throws IOException {
        String rules = rules(OpenSloFileTest.file("shop.yaml"));
        for (String window : new String[] {"5m", "30m", "1h", "2h", "6h", "1d", "3d", "28d"}) {
            assertThat(rules).contains("record: slo:sli_error:ratio_rate" + window + "\n");
        }
        for (String name : new String[] {
            "slo:objective:ratio",
            "slo:error_budget:ratio",
            "slo:time_period:days",
            "slo:current_burn_rate:ratio",
            "slo:period_burn_rate:ratio",
            "slo:period_error_budget_remaining:ratio",
            "sloth_slo_info"
        }) {
            assertThat(rules).contains("record: " + name + "\n");
        }
        // 13.44, 5.6, 2.8 and 14/15 times 0.0005
        assertThat(rules).contains("> 0.00672)", "> 0.0028)", "> 0.0014)", "> (7 / 15000))");
        assertThat(rules).contains("sloth_id: shop-order-submit", "sloth_window: 5m", "sloth_objective: '99.95'");
        assertThat(rules).contains("vector(0.9995)", "vector(0.0005)", "vector(28)");
    }

    @Test
    void whatPromQlCannotSayIsRefused() throws IOException {
        assertThatThrownBy(() -> rules(OpenSloFileTest.file("calendar.yaml")))
                .hasMessageContaining("follows the calendar");
        String shapes = OpenSloFileTest.file("shapes.yaml").text();
        assertThatThrownBy(() -> rules(OpenSloFile.parse("x", shapes.replace("type: Prometheus", "type: Datadog"))))
                .hasMessageContaining("comes from 'Datadog'; rules can be made for type Prometheus");
        assertThatThrownBy(() -> rules(OpenSloFile.parse("x", shapes.replace("[{{.window}}]", "[5m]"))))
                .hasMessageContaining("says nothing of a range; write {{.window}}");
        assertThatThrownBy(() -> rules(OpenSloFile.parse("x", shapes.replace("duration: 2w", "duration: 36h"))))
                .hasMessageContaining("rules need whole days");
        assertThatThrownBy(() -> rules(OpenSloFile.parse(
                        "x", "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: x}\nspec: {}\n")))
                .hasMessageContaining("no document of kind SLO");
    }
}
