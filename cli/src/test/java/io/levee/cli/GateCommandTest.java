package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code levee gate} and {@code levee report}: every answer, from files, with its exit code. */
class GateCommandTest {
    private static final String SLO_FILE = "../docs/examples/order-submit.yaml";

    @TempDir
    private Path folder;

    private Path events(String... groups) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String group : groups) {
            String[] parts = group.split(" ");
            for (int i = 0; i < Integer.parseInt(parts[0]); i++) {
                lines.append("{\"time\":\"2026-11-25T10:0")
                        .append(i % 10)
                        .append(":00Z\",\"service\":\"shop\",\"outcome\":\"")
                        .append(parts[1])
                        .append("\",\"environment\":\"")
                        .append(parts[2])
                        .append("\",\"release\":\"")
                        .append(parts[3])
                        .append(parts.length > 4 ? "\",\"side\":\"" + parts[4] : "")
                        .append("\"}\n");
            }
        }
        return Files.writeString(folder.resolve("events.ndjson"), lines);
    }

    private Ran check(Path events, String environment, String... more) {
        List<String> line = new ArrayList<>(List.of(
                "gate",
                "check",
                "--slo",
                "order-submit",
                "--slo-file",
                SLO_FILE,
                "--release",
                "r2",
                "--events",
                events.toString(),
                "--env",
                environment));
        line.addAll(List.of(more));
        return Ran.run(line.toArray(String[]::new));
    }

    @Test
    void theExamplesOfTheDocumentationAnswerWhatItShows() throws IOException {
        assertThat(Ran.examplesOf("gate.md")).isEqualTo(4);
        assertThat(Ran.examplesOf("slo-documents.md")).isEqualTo(2);
    }

    /** 20,000 events of the stable release: 0.02 points allow 4 failures, 0.005 points one. */
    @ParameterizedTest
    @CsvSource({
        "staging, 20, 0, 0, pass",
        "staging, 20, 4, 0, pass",
        "staging, 20, 5, 10, pause",
        "canary, 20, 1, 0, pass",
        "canary, 20, 2, 20, abort",
        "production, 20, 0, 0, pass",
        "production, 20, 1, 30, report",
        "canary, 5, 0, 40, hold",
    })
    void theExitCodeIsTheAnswer(String environment, int good, int bad, int exit, String answer) throws IOException {
        Path events = events(
                "20000 good production r1", good + " good " + environment + " r2", bad + " bad " + environment + " r2");
        Ran ran = check(events, environment, "--json");
        assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(exit);
        JsonNode json = JsonMapper.shared().readTree(ran.out());
        assertThat(json.get("decision").asString()).isEqualTo(answer);
        assertThat(json.get("exitCode").asInt()).isEqualTo(exit);
        assertThat(json.get("bad").asInt()).isEqualTo(bad);
        assertThat(json.get("windowTotal").asInt()).isEqualTo(20_000 + good + bad);
        assertThat(check(events, environment).out()).startsWith(answer + ": ");
    }

    @Test
    void aDependencysOutageIsNotPutDownToTheCanary() throws IOException {
        Path outage = events(
                "1000 good production r1 stable",
                "1000 bad production r1 stable",
                "100 good canary r2 canary",
                "100 bad canary r2 canary");
        assertThat(check(outage, "canary").exit()).isZero();
        Path own = events("2000 good production r1 stable", "100 good canary r2 canary", "100 bad canary r2 canary");
        assertThat(check(own, "canary").exit()).isEqualTo(20);
    }

    @Test
    void theUnitAndTheMinimumCanBeOverridden() throws IOException {
        Path events = events("20000 good production r1", "20 good staging r2", "2 bad staging r2");
        assertThat(check(events, "staging").exit()).isZero();
        assertThat(check(events, "staging", "--unit", "budget").exit()).isEqualTo(10);
        assertThat(check(events, "staging", "--minimum", "23").exit()).isEqualTo(40);
        assertThat(check(events, "staging", "--at", "2026-01-01T00:00:00Z").exit())
                .isEqualTo(40);
    }

    @Test
    void anAttachedReportLetsProductionPass() throws IOException {
        Path events = events("20000 good production r1", "20 good production r2", "1 bad production r2");
        Path change = Files.writeString(
                folder.resolve("change.yaml"), "release: r2\ndescription: x\nextraErrorRatio: 0.0001\n");
        Ran made = Ran.run(
                "report",
                "impact",
                "--slo",
                "order-submit",
                "--slo-file",
                SLO_FILE,
                "--change",
                change.toString(),
                "--total",
                "20000",
                "--bad",
                "0",
                "--json");
        assertThat(made.exit()).as(made.err()).isZero();
        Path report = Files.writeString(folder.resolve("report.json"), made.out());
        Ran passed = check(events, "production", "--report", report.toString());
        assertThat(passed.exit()).isZero();
        assertThat(passed.out()).contains("an SLO impact report is attached");
        Path other = Files.writeString(folder.resolve("other.json"), made.out().replace("\"r2\"", "\"r1\""));
        check(events, "production", "--report", other.toString()).isAUsersMistake("is about release 'r1', not 'r2'");
        check(events, "production", "--report", change.toString()).isAUsersMistake("is no JSON");
        Path none = Files.writeString(folder.resolve("none.json"), "{}");
        check(events, "production", "--report", none.toString()).isAUsersMistake("is no SLO impact report");
    }

    @Test
    void badLinesAreNamedByTheirPlace() throws IOException {
        Path events = Files.writeString(
                folder.resolve("bad.ndjson"),
                "\n{\"time\":1,\"service\":\"shop\",\"outcome\":\"good\",\"environment\":\"staging\"}\nnonsense\n{\"outcom\":1}\n");
        check(events, "staging")
                .isAUsersMistake(
                        "bad.ndjson:3: is no JSON",
                        "bad.ndjson:4: field 'outcom' is not known; did you mean 'outcome'?");
        Path many = Files.writeString(folder.resolve("many.ndjson"), "x\n".repeat(1_000));
        check(many, "staging").isAUsersMistake("many.ndjson:20:", "and more; mend these first");
    }

    @Test
    void mistakesAreNamed() throws IOException {
        Path events = events("1 good staging r2");
        check(events, "stage").isAUsersMistake("--env: 'stage' is no environment");
        check(events, "staging", "--unit", "x").isAUsersMistake("--unit: 'x' is no unit; write total or budget");
        check(events, "staging", "--at", "now").isAUsersMistake("--at: 'now' is no instant");
        check(folder.resolve("absent"), "staging").isAUsersMistake("cannot read", "no such file");
        Ran.run("gate").isAUsersMistake("which command? check, watch, approve, attach-report, replay");
        Ran.run("report").isAUsersMistake("which command? impact");
        Ran.run(
                        "gate",
                        "check",
                        "--slo",
                        "other",
                        "--slo-file",
                        SLO_FILE,
                        "--release",
                        "r",
                        "--env",
                        "staging",
                        "--events",
                        events.toString())
                .isAUsersMistake("--slo: there is no SLO 'other'; known: order-submit");
        Path sliced = Files.writeString(
                folder.resolve("sliced.yaml"),
                Files.readString(Path.of(SLO_FILE))
                        .replace("Occurrences", "Timeslices")
                        .replace(
                                "- target: 0.9995",
                                "- target: 0.9995\n      timeSliceTarget: 0.9\n      timeSliceWindow: 1m"));
        Ran.run(
                        "gate",
                        "check",
                        "--slo",
                        "order-submit",
                        "--slo-file",
                        sliced.toString(),
                        "--release",
                        "r",
                        "--env",
                        "staging",
                        "--events",
                        events.toString())
                .isAUsersMistake("the gate needs Occurrences");
        Path releases = Files.writeString(folder.resolve("releases.ndjson"), "{\"release\":\"r\"}\n{\"x\":1}\n");
        Ran.run(
                        "gate",
                        "replay",
                        "--slo",
                        "order-submit",
                        "--slo-file",
                        SLO_FILE,
                        "--events",
                        events.toString(),
                        "--releases",
                        releases.toString())
                .isAUsersMistake(
                        "releases.ndjson:1: environment is missing", "releases.ndjson:2: field 'x' is not known");
        Path change = Files.writeString(folder.resolve("change.yaml"), "description: x\nshare: 2\nextraErorRatio: 1\n");
        Ran.run(
                        "report",
                        "impact",
                        "--slo",
                        "order-submit",
                        "--slo-file",
                        SLO_FILE,
                        "--change",
                        change.toString(),
                        "--total",
                        "1",
                        "--bad",
                        "0")
                .isAUsersMistake("change.yaml:3:", "did you mean 'extraErrorRatio'?");
    }

    @Test
    void rulesAndProblemsGoWhereTheyAreWanted() throws IOException {
        Path out = folder.resolve("rules.yaml");
        Ran written = Ran.run("slo", "rules", SLO_FILE, "-o", out.toString());
        assertThat(written.exit()).isZero();
        assertThat(written.out()).isEmpty();
        assertThat(Files.readString(out))
                .isEqualTo(Ran.run("slo", "rules", SLO_FILE).out());
        Ran.run("slo", "rules", SLO_FILE, "-o", folder.resolve("no/such/folder").toString())
                .isAUsersMistake("cannot write");
        Ran.run("slo", "rules", "../docs/examples/typo.yaml").isAUsersMistake("typo.yaml:9:17:");
        Ran json = Ran.run("slo", "validate", "--json", "../docs/examples/typo.yaml", SLO_FILE);
        assertThat(json.exit()).isEqualTo(2);
        JsonNode problems = JsonMapper.shared().readTree(json.out()).get("problems");
        assertThat(problems.size()).isEqualTo(3);
        assertThat(problems.get(0).get("line").asInt()).isEqualTo(9);
        assertThat(problems.get(0).get("field").asString()).isEqualTo("spec.timeWindow[0].duration");
    }
}
