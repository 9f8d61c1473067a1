package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code levee lint} as its documentation shows it: exit codes, text, JSON, and users' mistakes. */
class LintTest {
    private static final String SOUND = "version: 1\ndownstreams:\n  inventory: {}\n";
    private static final String WORST = """
            version: 1
            downstreams:
              inventory:
                deadline: 3s
                attemptTimeout: 900ms
                retry: {base: 200ms, attempts: 4}
            """;

    @TempDir
    private Path folder;

    private record Ran(int exit, String out, String err) {}

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

    private Path file(String name, String yaml) throws IOException {
        return Files.writeString(folder.resolve(name), yaml);
    }

    @Test
    void aSoundFileEndsWithZero() throws IOException {
        Path file = file("levee.yaml", SOUND);
        assertThat(run("lint", file)).isEqualTo(new Ran(0, "no findings in 1 downstream of 1 file\n", ""));
        assertThat(run("lint", file, folder.resolve("x/../levee.yaml")).out)
                .as("a file that is named twice")
                .isEqualTo("no findings in 1 downstream of 1 file\n");
        assertThat(run("lint", "--json", file))
                .isEqualTo(new Ran(0, "{\"files\":1,\"downstreams\":1,\"findings\":[],\"ignored\":[]}\n", ""));
    }

    @Test
    void theExampleOfTheDocumentationIsWhatIsPrinted() throws IOException {
        Ran ran = run("lint", file("levee.yaml", WORST));
        assertThat(ran.exit).isEqualTo(1);
        String page = Files.readString(Path.of("..", "docs", "lint.md"));
        String shown = page.substring(page.indexOf("$ ./levee lint levee.yaml\n") + 26, page.indexOf("\n```\n"));
        assertThat(ran.out.replace(folder + "/", "")).isEqualTo(shown + "\n");
    }

    @Test
    void jsonHasTheDocumentedFieldsAndKeepsWhatIsIgnored() throws IOException {
        Path file = file(
                "levee.yaml",
                "version: 1\ndownstreams:\n  a:\n    retry: {jitter: none}\n  b: {protection: none, retryBudget: none, lintIgnore: {no-limiter: batch}}\n");
        Ran ran = run("lint", "--json", file);
        assertThat(ran.exit).isEqualTo(1);
        JsonNode all = JsonMapper.shared().readTree(ran.out);
        JsonNode finding = all.get("findings").get(0);
        assertThat(finding.propertyNames())
                .containsExactly("id", "file", "line", "column", "downstream", "setting", "reason", "fix");
        assertThat(finding.get("id").asString()).isEqualTo("no-jitter");
        assertThat(finding.get("file").asString()).isEqualTo(file.toString());
        assertThat(finding.get("line").asInt()).isEqualTo(4);
        assertThat(finding.get("column").asInt()).isEqualTo(13);
        assertThat(all.get("ignored")).hasSize(1);
        assertThat(all.get("ignored").get(0).get("because").asString()).isEqualTo("batch");
    }

    @Test
    void everythingThatIsWrongWithAllFilesIsToldAtOnce() throws IOException {
        Path wrong = file("wrong.yaml", "version: 1\ndownstreams:\n  a: {deadlin: 3s}\n");
        Path none = folder.resolve("none.yaml");
        Ran ran = run("lint", wrong, none, file("levee.yaml", WORST));
        assertThat(ran.exit).isEqualTo(2);
        assertThat(ran.out).isEmpty();
        assertThat(ran.err)
                .isEqualTo(wrong + ":3:16: downstreams.a.deadlin: unknown setting; did you mean 'deadline'?\n"
                        + "cannot read " + none + ": no such file\n");
    }

    @Test
    void withoutAFileTheCommandSaysWhatItWants() {
        Ran ran = run("lint");
        assertThat(ran.exit).isEqualTo(2);
        assertThat(ran.err).contains("which policy file? levee lint FILE...").doesNotContain("\tat ");
    }

    @Test
    void theRulesCanBeListed() {
        Ran ran = run("lint", "--rules");
        assertThat(ran.exit).isZero();
        assertThat(ran.out.lines()).hasSizeGreaterThan(10).anyMatch(line -> line.startsWith("no-jitter "));
    }
}
