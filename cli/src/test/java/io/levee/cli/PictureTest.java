package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.config.LeveeConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code levee storm} draws and {@code levee tune} writes, and what both say of users' mistakes. */
@Timeout(240)
class PictureTest {
    private static final String SCENARIO = """
            version: 1
            name: mine
            length: 12s
            load: {perSecond: 100}
            services: [{name: stock, workers: 24, queue: 100, time: {lognormal: 20ms}}]
            faults: [{kind: down, from: 3s, to: 6s}]
            measure: {from: 3s, to: 6s}
            """;

    @TempDir
    private Path folder;

    private String scenario = "";

    private record Ran(int exit, String out, String err) {}

    @BeforeEach
    void writeScenario() throws Exception {
        scenario = Files.writeString(folder.resolve("s.yaml"), SCENARIO).toString();
    }

    private static Ran run(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err, true));
        String[] words = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            words[i] = args[i].toString();
        }
        int exit = command.execute(words);
        return new Ran(exit, out.toString(), err.toString());
    }

    @Test
    void aPageIsWrittenBesideTheTableAndSaysHowItWasMade() throws Exception {
        Path page = folder.resolve("storm.html");
        Ran ran = run("storm", "--scenario", scenario, "--clients", "levee,naive", "--html", page);
        assertThat(ran.exit).as(ran.err).isZero();
        assertThat(ran.out).contains("naive");
        assertThat(Files.readString(page))
                .startsWith("<!DOCTYPE html>")
                .contains("<code>./levee storm --scenario " + scenario + " --clients levee,naive --html " + page
                        + "</code>")
                .contains("data-label=\"levee\"", "data-label=\"naive\"");
    }

    @Test
    void whatCannotBeWrittenIsAUsersMistake() {
        for (String option : new String[] {"--html", "--png"}) {
            Ran ran = run("storm", "--scenario", scenario, "--clients", "naive", option, folder.resolve("no/where"));
            if (ran.exit == 69) {
                continue; // no fonts here, and told before anything is simulated
            }
            assertThat(ran.exit).isEqualTo(2);
            assertThat(ran.err)
                    .contains(option + ": cannot write ", "no such file")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aTunedPolicyIsWrittenAndCanBeTried() throws Exception {
        Path policy = folder.resolve("tuned.yaml");
        Ran ran = run("tune", "--scenario", scenario, "--trials", "6", "--amplification", "2", "--out", policy);
        assertThat(ran.exit).as(ran.err).isZero();
        assertThat(ran.out).contains("6 policies tried", "* ", "calls that succeed", "written to " + policy);
        String text = Files.readString(policy);
        assertThat(text).startsWith("# Found by ./levee tune --scenario ");
        assertThat(LeveeConfig.load(policy).names()).containsExactly("stock");
        Ran again = run("storm", "--scenario", scenario, "--policy", policy, "--clients", "policy:stock");
        assertThat(again.exit).isZero();

        assertThat(run("tune", "--scenario", scenario, "--trials", "6", "--out", policy))
                .isEqualTo(
                        new Ran(2, "", "--out: " + policy + " is there already; name another file, or give --force\n"));
        Ran forced = run(
                "tune",
                "--scenario",
                scenario,
                "--trials",
                "6",
                "--amplification",
                "2",
                "--out",
                policy,
                "--force",
                "--json");
        assertThat(forced.exit).isZero();
        JsonNode json = JsonMapper.shared().readTree(forced.out);
        assertThat(json.propertyNames())
                .containsExactly(
                        "scenario",
                        "seed",
                        "mostAmplification",
                        "trials",
                        "complete",
                        "withinBound",
                        "best",
                        "defaults",
                        "front");
        assertThat(Files.readString(policy).lines().skip(1).toList())
                .isEqualTo(text.lines().skip(1).toList());
    }

    @Test
    void numbersOutOfRangeAreUsersMistakes() {
        assertThat(run("tune", "--scenario", scenario, "--trials", "1", "--out", folder.resolve("t.yaml")))
                .isEqualTo(new Ran(2, "", "levee tune: trials must be from 2 to 10000, is 1\n"));
        assertThat(run("tune", "--scenario", "nowhere", "--out", folder.resolve("t.yaml")).err)
                .contains("--scenario: there is no scenario and no file called 'nowhere'");
        assertThat(run("tune", "--at-most", "0").err).contains("--at-most must be 1 or more, is 0");
    }
}
