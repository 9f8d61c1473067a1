package io.levee.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.metrics.Metric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files that are shipped for Prometheus and Grafana. */
class RulesTest {
    private static final Path DIST = Path.of("dist");
    private static final Pattern NAME = Pattern.compile("\\b(?:retry|levee)_[a-z0-9_]+|\\blevee:[a-z0-9_:]+");

    @Test
    void promtoolTakesTheRulesAndTheirTestsPass() throws Exception {
        Programs.assumeInstalled();
        Programs.Ending check = Programs.promtool(DIST, "", "check", "rules", "levee-rules.yml", "levee-alerts.yml");
        assertThat(check.code()).as(check.output()).isZero();
        Programs.Ending test = Programs.promtool(DIST, "", "test", "rules", "levee-rules-test.yml");
        assertThat(test.code()).as(test.output()).isZero();
    }

    @Test
    void everyAlertHasATestAndAnnotations() throws Exception {
        String alerts = Files.readString(DIST.resolve("levee-alerts.yml"));
        String tests = Files.readString(DIST.resolve("levee-rules-test.yml"));
        List<String> names = Pattern.compile("- alert: (\\w+)")
                .matcher(alerts)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(names)
                .hasSizeGreaterThanOrEqualTo(5)
                .allSatisfy(name -> assertThat(tests).contains("alertname: " + name));
        assertThat(Pattern.compile("summary:").matcher(alerts).results().count())
                .isEqualTo(names.size());
    }

    @Test
    void everyMetricThatIsAskedForIsExposed() throws Exception {
        Set<String> exposed;
        try (Shop shop = new Shop()) {
            shop.playScript();
            exposed = shop.scrape("text/plain")
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.replaceFirst("[{ ].*", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
        Set<String> recorded = Pattern.compile("- record: (\\S+)")
                .matcher(Files.readString(DIST.resolve("levee-rules.yml")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
        Set<String> asked = new TreeSet<>();
        for (String file : List.of("levee-rules.yml", "levee-alerts.yml")) {
            Files.readAllLines(DIST.resolve(file)).stream()
                    .filter(line -> !line.strip().startsWith("#") && !line.contains("summary:"))
                    .forEach(line -> collect(line, asked));
        }
        for (String expression : expressions()) {
            collect(expression, asked);
        }
        asked.removeAll(recorded);
        assertThat(asked).hasSizeGreaterThan(10);
        assertThat(exposed).containsAll(asked);
    }

    private static void collect(String text, Set<String> names) {
        Matcher found = NAME.matcher(text);
        while (found.find()) {
            names.add(found.group());
        }
    }

    /** Nothing is measured that nobody can see. */
    @Test
    void theDashboardShowsEveryMetric() throws Exception {
        String all = String.join("\n", expressions());
        assertThat(Metric.values()).allSatisfy(metric -> assertThat(all).contains(metric.baseName()));
    }

    @Test
    void theDashboardsPanelsDoNotOverlapAndTakeTheVariables() throws Exception {
        JsonNode dashboard = dashboard();
        Set<Integer> ids = new TreeSet<>();
        boolean[][] taken = new boolean[200][24];
        for (JsonNode panel : dashboard.get("panels")) {
            assertThat(ids.add(panel.get("id").asInt())).isTrue();
            JsonNode at = panel.get("gridPos");
            for (int y = at.get("y").asInt();
                    y < at.get("y").asInt() + at.get("h").asInt();
                    y++) {
                for (int x = at.get("x").asInt();
                        x < at.get("x").asInt() + at.get("w").asInt();
                        x++) {
                    assertThat(taken[y][x])
                            .as("%s at %d,%d", panel.get("title"), x, y)
                            .isFalse();
                    taken[y][x] = true;
                }
            }
            for (JsonNode target : panel.path("targets")) {
                String expression = target.get("expr").asString();
                assertThat(expression.contains("$service") || expression.contains("label_overflows"))
                        .as(expression)
                        .isTrue();
                assertThat(target.at("/datasource/uid").asString()).isEqualTo("${datasource}");
            }
        }
        assertThat(ids).hasSizeGreaterThan(20);
    }

    /** PromQL's own parser reads each one, with Grafana's variables filled in. */
    @Test
    void prometheusUnderstandsTheDashboard(@org.junit.jupiter.api.io.TempDir Path folder) throws Exception {
        Programs.assumeInstalled();
        StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        int n = 0;
        for (String expression : expressions()) {
            String filled = expression
                    .replace("$__rate_interval", "1m")
                    .replace("$__range", "1h")
                    .replace("$service", ".*")
                    .replace("$upstream", ".*");
            rules.append("      - record: panel_")
                    .append(n++)
                    .append("\n        expr: '")
                    .append(filled.replace("'", "''"))
                    .append("'\n");
        }
        Files.writeString(folder.resolve("dashboard.yml"), rules);
        Programs.Ending check = Programs.promtool(folder, "", "check", "rules", "dashboard.yml");
        assertThat(check.code()).as(check.output()).isZero();
        assertThat(check.output()).contains(n + " rules found");
    }

    private static JsonNode dashboard() throws Exception {
        return JsonMapper.builder().build().readTree(Files.readString(DIST.resolve("levee-dashboard.json")));
    }

    private static List<String> expressions() throws Exception {
        List<String> found = new ArrayList<>();
        JsonNode dashboard = dashboard();
        Stream.of(dashboard.get("panels"), dashboard.at("/annotations/list"))
                .forEach(list -> list.forEach(one -> {
                    one.path("targets")
                            .forEach(target -> found.add(target.get("expr").asString()));
                    if (one.has("expr")) {
                        found.add(one.get("expr").asString());
                    }
                }));
        return found;
    }
}
