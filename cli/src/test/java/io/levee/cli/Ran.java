package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** What a command that reads no standard input printed and answered. */
record Ran(int exit, String out, String err) {
    private static final Pattern EXAMPLE =
            Pattern.compile("^\\$ \\./levee (.*)\\n((?:(?!\\$ |```).*\\n)*)", Pattern.MULTILINE);

    static Ran run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err, true));
        int exit = command.execute(args);
        return new Ran(exit, out.toString(), err.toString());
    }

    /** Runs every example of a page, whose files lie in docs/examples, and says how many there were. */
    static int examplesOf(String page) throws IOException {
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("..", "docs", page)));
        int examples = 0;
        while (example.find()) {
            Ran ran = run(example.group(1).replace("docs/", "../docs/").split(" "));
            assertThat((ran.out + ran.err).replace("../docs/", "docs/"))
                    .as(example.group(1))
                    .isEqualTo(example.group(2));
            examples++;
        }
        return examples;
    }

    void isAUsersMistake(String... says) {
        assertThat(exit).isEqualTo(2);
        assertThat(out).isEmpty();
        assertThat(err).contains(says).doesNotContain("\tat ", "Exception", "internal error");
    }
}
