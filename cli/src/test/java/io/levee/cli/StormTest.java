package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code levee storm}. */
@Timeout(240)
class StormTest {
    private static final String SCENARIO = """
            version: 1
            name: mine
            length: 20s
            load: {perSecond: 200}
            services: [{name: s, workers: 24, queue: 100, time: {lognormal: 20ms}}]
            faults: [{kind: down, from: 5s, to: 10s}]
            measure: {from: 5s, to: 10s}
            """;

    @TempDir
    private Path folder;

    private record Ran(int exit, String out, String err) {}

    private static Ran run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err, true));
        int exit = command.execute(args);
        return new Ran(exit, out.toString(), err.toString());
    }

    private String file(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void theAnswerIsOneJsonObject() throws Exception {
        Ran ran = run("storm", "--scenario", file("s.yaml", SCENARIO), "--seed", "3", "--json");

        assertThat(ran.exit).isZero();
        assertThat(ran.err).isEmpty();
        JsonNode json = JsonMapper.shared().readTree(ran.out);
        assertThat(json.get("scenario").asString()).isEqualTo("mine");
        assertThat(json.get("seed").asLong()).isEqualTo(3);
        JsonNode naive = json.get("clients").get(0);
        assertThat(naive.get("client").asString()).isEqualTo("naive");
        assertThat(naive.get("amplification").asDouble()).isBetween(2.8, 3.2);
        assertThat(naive.get("recoverySeconds").asInt()).isZero();
        assertThat(naive.get("herdPeakToMean").isNull()).isTrue();
        assertThat(naive.propertyNames())
                .contains(
                        "calls",
                        "succeeded",
                        "successRate",
                        "attempts",
                        "peakAmplification",
                        "wastedShare",
                        "p50Ms",
                        "p99Ms")
                .doesNotContain("series");
    }

    @Test
    void aPolicyOfTheUsersIsOneMoreClient() throws Exception {
        String policy = file("p.yaml", """
                version: 1
                downstreams:
                  s:
                    retry: none
                    deadline: 3s
                """);

        Ran ran = run(
                "storm",
                "--scenario",
                file("s.yaml", SCENARIO),
                "--policy",
                policy,
                "--clients",
                "policy:s",
                "--json",
                "--series");

        assertThat(ran.exit).as(ran.err).isZero();
        JsonNode clients = JsonMapper.shared().readTree(ran.out).get("clients");
        assertThat(clients.size()).isEqualTo(1);
        assertThat(clients.get(0).get("amplification").asDouble()).isEqualTo(1);
        assertThat(clients.get(0).get("series").get("attempts").size()).isEqualTo(20);
    }

    @Test
    void aTableIsForPeople() throws Exception {
        Ran ran = run(
                "storm",
                "--scenario",
                file("s.yaml", SCENARIO),
                "--load",
                "0.5",
                "--processes",
                "5",
                "--times",
                "exponential");

        assertThat(ran.exit).isZero();
        assertThat(ran.out).contains("5 client processes", "levee", "resilience4j+breaker", "recovery");
    }

    @Test
    void theListNamesEverything() {
        Ran ran = run("storm", "--list");

        assertThat(ran.exit).isZero();
        assertThat(ran.out).contains("incident-0218", "thundering-herd", "aws-standard");
    }

    @Test
    void aUsersMistakeIsOneMessage() throws Exception {
        isAMistake(run("storm", "--scenario", "nowhere"), "nowhere", "brownout");
        isAMistake(run("storm", "--scenario", file("w.yaml", SCENARIO + "colour: red\n")), "w.yaml:8:9", "colour");
        isAMistake(run("storm", "--policy", folder.resolve("none.yaml").toString()), "--policy", "none.yaml");
        isAMistake(run("storm", "--clients", "hystrix"), "hystrix", "levee");
        isAMistake(run("storm", "--times", "uniform"), "uniform", "heavy-tail");
        isAMistake(run("storm", "--load", "0"), "load must be more than 0");
        isAMistake(run("storm", "--scenario", "thundering-herd", "--load", "2"), "no rate");
        isAMistake(run("storm", "--seed", "x"), "--seed");
    }

    private static void isAMistake(Ran ran, String... says) {
        assertThat(ran.exit).isEqualTo(2);
        assertThat(ran.out).isEmpty();
        assertThat(ran.err).contains(says).doesNotContain("\tat ", "internal error");
    }
}
