package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as a process and as its documentation shows it: exit codes, streams, and users' mistakes. */
@Isolated("standard input")
@Timeout(120)
class CommandTest {
    private static final String FINE = "{\"id\":1,\"client\":\"http\",\"status\":200}\n";

    @TempDir
    private Path folder;

    /** What a run printed and answered. */
    private record Ran(int exit, String out, String err) {
        List<JsonNode> answers() {
            return out.lines().map(JsonMapper.shared()::readTree).collect(Collectors.toList());
        }
    }

    private static Ran run(byte[] input, String... args) {
        InputStream before = System.in;
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        try {
            System.setIn(new ByteArrayInputStream(input));
            CommandLine command = Main.commandLine();
            command.setOut(new PrintWriter(out));
            command.setErr(new PrintWriter(err, true));
            int exit = command.execute(args);
            return new Ran(exit, out.toString(), err.toString());
        } finally {
            System.setIn(before);
        }
    }

    private static Ran run(String input, String... args) {
        return run(input.getBytes(StandardCharsets.UTF_8), args);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static void isAUsersMistake(Ran ran, String... says) {
        assertThat(ran.exit).isEqualTo(2);
        assertThat(ran.out).isEmpty();
        assertThat(ran.err).contains(says).doesNotContain("\tat ", "Exception", "internal error");
    }

    // --- the documentation -------------------------------------------------------------------------------------------

    @Test
    void theExamplesOfTheDocumentationAnswerWhatItShows() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "explain.md"));
        Matcher example = Pattern.compile(
                        "^\\$ (?:echo '(.*)' \\| )?\\./levee (.*)\\n((?:[^$`].*\\n)+)", Pattern.MULTILINE)
                .matcher(page);
        int examples = 0;
        while (example.find()) {
            String input = example.group(1) == null ? "" : example.group(1) + "\n";
            Ran ran = run(input, example.group(2).split(" "));
            assertThat(ran.out).as(example.group(2)).isEqualTo(example.group(3));
            examples++;
        }
        assertThat(examples).isEqualTo(6);
    }

    @Test
    void everyFieldOfTheDocumentationIsKnownAndDoesSomething() {
        String plain = "\"id\":1,\"client\":\"http\"";
        for (String[] pair : new String[][] {
            {"\"status\":503", "\"status\":404"},
            {"\"status\":503", "\"status\":503,\"method\":\"POST\""},
            {"\"status\":503", "\"status\":503,\"headers\":{\"Retry-After\":\"9\"}"},
            {"\"status\":503", "\"status\":503,\"headers\":{\"Retry-After\":[\"x\",\"9\"]}"},
            {"\"status\":503,\"method\":\"POST\"", "\"status\":503,\"method\":\"POST\",\"idempotencyKey\":true"},
            {
                "\"status\":503,\"method\":\"POST\"",
                "\"status\":503,\"method\":\"POST\",\"headers\":{\"idempotency-key\":\"k\"}"
            },
            {"\"status\":503,\"method\":\"POST\"", "\"status\":503,\"method\":\"POST\",\"idempotent\":true"},
            {"\"status\":503", "\"status\":503,\"bodyReplayable\":false"},
            {"\"exception\":\"java.net.ConnectException\"", "\"exception\":\"java.lang.Error\""},
            {"\"exception\":[\"a.B\"]", "\"exception\":[\"a.B\",\"java.net.ConnectException\"]"},
            {"\"method\":\"POST\",\"fate\":\"unsent\"", "\"method\":\"POST\",\"fate\":\"sent\""},
            {"\"status\":503", "\"status\":503,\"attempt\":1"},
            {"\"status\":503", "\"status\":503,\"elapsedMs\":30000"},
            {
                "\"status\":503,\"now\":\"2026-11-22T10:00:00Z\",\"headers\":{\"Retry-After\":\"Sun, 22 Nov 2026 10:00:09 GMT\"}",
                "\"status\":503,\"now\":\"2026-11-22T10:00:05Z\",\"headers\":{\"Retry-After\":\"Sun, 22 Nov 2026 10:00:09 GMT\"}"
            },
            {
                "\"status\":503,\"headers\":{\"Retry-After\":\"Sun, 22 Nov 2026 10:00:09 GMT\",\"Date\":\"Sun, 22 Nov 2026 10:00:00 GMT\"}",
                "\"status\":503,\"headers\":{\"Retry-After\":\"Sun, 22 Nov 2026 10:00:09 GMT\",\"Date\":\"Sun, 22 Nov 2026 10:00:05 GMT\"}"
            },
            {
                "\"exception\":\"java.net.SocketTimeoutException\",\"message\":\"Read timed out\"",
                "\"exception\":\"java.net.SocketTimeoutException\",\"message\":\"connect timed out\""
            },
            {
                "\"exception\":[\"a.B\",\"java.net.SocketTimeoutException\"],\"messages\":[null,\"Read timed out\"]",
                "\"exception\":[\"a.B\",\"java.net.SocketTimeoutException\"],\"messages\":[null,\"connect timed out\"]"
            },
        }) {
            Ran ran = run("{" + plain + "," + pair[0] + "}\n{" + plain + "," + pair[1] + "}\n", "explain");
            assertThat(ran.exit).as(ran.out).isZero();
            assertThat(ran.answers().get(0))
                    .as(pair[1])
                    .isNotEqualTo(ran.answers().get(1));
        }
    }

    // --- lines ------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nonsense                                                        | cannot be read as JSON",
                "[1]                                                             | must be a JSON object",
                "{\"id\":1,\"client\":\"http\"}                                  | needs status or exception",
                "{\"client\":\"http\",\"status\":200}                            | id is missing",
                "{\"id\":true,\"client\":\"http\",\"status\":200}                | neither a string nor a number",
                "{\"id\":1,\"status\":200}                                       | client is missing; known: http, okhttp, apache",
                "{\"id\":1,\"client\":\"smoke\",\"status\":200}                  | 'smoke' is not known; known: http, okhttp, apache",
                "{\"id\":1,\"client\":\"http\",\"stats\":200}                    | unknown field 'stats'; known: id, client,",
                "{\"id\":1,\"id\":2,\"client\":\"http\",\"status\":200}          | Duplicate",
                "{\"id\":1,\"client\":\"http\",\"status\":\"many\"}              | from 100 to 999",
                "{\"id\":1,\"client\":\"http\",\"status\":99}                    | from 100 to 999",
                "{\"id\":1,\"client\":\"http\",\"status\":1e999999999}           | from 100 to 999",
                "{\"id\":1,\"client\":\"http\",\"status\":200.5}                 | from 100 to 999",
                "{\"id\":1,\"client\":\"http\",\"status\":1e99999999999}         | JSON: a number is out of range",
                "{\"id\":1,\"client\":\"http\",\"status\":503,\"headers\":[]}    | headers must be an object",
                "{\"id\":1,\"client\":\"http\",\"status\":503,\"headers\":{\"Retry-After\":9}} | headers.Retry-After must be a string",
                "{\"id\":1,\"client\":\"http\",\"exception\":[]}                 | exception names no class",
                "{\"id\":1,\"client\":\"java\",\"exception\":[\" \"]}            | exception names no class",
                "{\"id\":1,\"client\":\"java\",\"exception\":[1]}                | exception must be a string or a list",
                "{\"id\":1,\"client\":\"java\",\"exception\":\"a\",\"message\":\"x\",\"messages\":[\"y\"]} | exclude each other",
                "{\"id\":1,\"client\":\"java\",\"exception\":\"a\",\"messages\":[1]} | messages must be",
                "{\"id\":1,\"client\":\"http\",\"fate\":\"lost\"}                | known: unsent, refused, sent, answered",
                "{\"id\":1,\"client\":\"http\",\"status\":503,\"attempt\":-1}    | attempt must be a whole number from 0",
                "{\"id\":1,\"client\":\"http\",\"status\":503,\"elapsedMs\":-1}  | elapsedMs must be a number from 0",
                "{\"id\":1,\"client\":\"http\",\"status\":503,\"elapsedMs\":1e999999} | elapsedMs must be a number from 0",
                "{\"id\":1,\"client\":\"http\",\"status\":503,\"now\":\"noon\"}  | now must be an instant such as",
                "{\"id\":1,\"client\":\"http\",\"status\":503,\"idempotent\":1}  | idempotent must be true or false",
                "{\"id\":1,\"client\":\"http\",\"status\":503,\"downstream\":\"\"} | downstream must not be blank",
            })
    void aBadLineIsAnsweredAndTheRestGoOn(String bad, String says) {
        Ran ran = run(FINE + bad + "\n\n" + FINE, "explain");
        assertThat(ran.exit).isEqualTo(2);
        assertThat(ran.answers()).hasSize(3);
        JsonNode answer = ran.answers().get(1);
        assertThat(answer.get("line").asInt()).isEqualTo(2);
        assertThat(answer.get("error").asString()).contains(says);
        assertThat(answer.has("id")).isTrue();
        assertThat(answer.has("verdict")).isFalse();
        assertThat(ran.answers().get(2).get("verdict").asString()).isEqualTo("success");
    }

    @Test
    void anIdComesBackAsItWasWritten() {
        String ids = "1|-0|1.50|1E+400|12345678901234567890|\"a b\"|\"\u00e9\uD83D\uDE00\"|\"\"";
        for (String id : ids.split("\\|")) {
            Ran ran = run("{\"id\":" + id + ",\"client\":\"java\"}\n", "explain");
            assertThat(ran.exit).isZero();
            assertThat(ran.out).startsWith("{\"id\":" + (id.equals("-0") ? "0" : id) + ",");
        }
    }

    @Test
    void bytesThatAreNoTextAndLinesWithoutEndAreToldAndNotRepaired() {
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        input.writeBytes(
                new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}); // a byte order mark is no part of the text
        input.writeBytes(FINE.getBytes(StandardCharsets.UTF_8));
        input.writeBytes("{\"id\":\"".getBytes(StandardCharsets.UTF_8));
        input.writeBytes(new byte[] {(byte) 0xC3, '('});
        input.writeBytes("\",\"client\":\"java\"}\n".getBytes(StandardCharsets.UTF_8));
        input.writeBytes("x".repeat(Lines.MAX_BYTES + 1).getBytes(StandardCharsets.UTF_8));
        input.writeBytes(("\n" + "[".repeat(1_000_000) + "\r\n" + FINE.trim()).getBytes(StandardCharsets.UTF_8));
        Ran ran = run(input.toByteArray(), "explain");
        assertThat(ran.exit).isEqualTo(2);
        List<JsonNode> answers = ran.answers();
        assertThat(answers).hasSize(5);
        assertThat(answers.get(0).get("verdict").asString()).isEqualTo("success");
        assertThat(answers.get(1).get("error").asString()).isEqualTo("the line is not UTF-8");
        assertThat(answers.get(2).get("error").asString()).contains("longer than 16777216 bytes");
        assertThat(answers.get(3).get("error").asString()).contains("depth");
        assertThat(answers.get(3).get("line").asInt()).isEqualTo(4);
        assertThat(answers.get(4).get("verdict").asString()).isEqualTo("success");
    }

    @Test
    void noInputIsNoError() {
        assertThat(run("", "explain")).isEqualTo(new Ran(0, "", ""));
        assertThat(run("\n \n\t\n", "explain")).isEqualTo(new Ran(0, "", ""));
    }

    // --- files and options -----------------------------------------------------------------------------------------

    @Test
    void anInputThatCannotBeReadIsOneLine() throws IOException {
        String missing = folder.resolve("missing").toString();
        isAUsersMistake(run("", "explain", missing), "cannot read " + missing + ": no such file");
        isAUsersMistake(run("", "explain", "--policy", missing), "cannot read " + missing + ": no such file");
        isAUsersMistake(run("", "explain", folder.toString()), "cannot read " + folder + ": is a directory");
        isAUsersMistake(run("", "explain", "--policy", folder.toString()), "is a directory");
        assertThat(Inputs.unreadable("f", new AccessDeniedException("f")))
                .hasMessage("cannot read f: permission denied");
        assertThat(Inputs.unreadable("f", new IOException())).hasMessageContaining("cannot read f: ");
    }

    @Test
    void aPolicyThatIsWrongIsToldWithItsPlaces() throws IOException {
        Path wrong = file("wrong.yaml", "version: 1\ndownstreams:\n  a: {deadlin: 3s}\n  b: {deadline: 3}\n");
        isAUsersMistake(
                run("", "explain", "--policy", wrong.toString()),
                "wrong.yaml:3:16: downstreams.a.deadlin: unknown setting; did you mean 'deadline'?\n",
                "wrong.yaml:4:17: downstreams.b.deadline: ");
        Path junk = Files.write(folder.resolve("junk"), new byte[] {0, (byte) 0xFF, 1, 2});
        isAUsersMistake(run("", "explain", "--policy", junk.toString()), "junk:1:1: is not UTF-8");
    }

    @Test
    void aPolicyDecidesAndADownstreamIsChosen() throws IOException {
        String policy = file(
                        "p.yaml",
                        "version: 1\ndownstreams:\n  a: {classify: {retryStatus: [500]}, retry: {attempts: 9, jitter: none}}\n  b: {}\n")
                .toString();
        String line = "{\"id\":1,\"client\":\"http\",\"status\":500}\n";
        String named = line.replace("}", ",\"downstream\":\"a\"}");
        assertThat(run(line, "explain").out).contains("\"final\"");
        assertThat(run(line, "explain", "--policy", policy, "--downstream", "a").out)
                .contains("\"retry\"");
        assertThat(run(named, "explain", "--policy", policy, "--downstream", "b").out)
                .contains("\"retry\"");
        assertThat(run(line, "explain", "--policy", policy)
                        .answers()
                        .get(0)
                        .get("error")
                        .asString())
                .isEqualTo("which downstream? give --downstream NAME, or downstream in the line; known: a, b");
        isAUsersMistake(
                run(line, "explain", "--policy", policy, "--downstream", "c"),
                "has no downstream 'c'; did you mean 'a'?");
        Ran series = run("", "explain", "--series", "20", "--policy", policy, "--downstream", "a", "--json");
        assertThat(series.answers().get(0).get("retries")).hasSize(8);
        assertThat(series.answers()
                        .get(0)
                        .get("retries")
                        .get(3)
                        .get("delayMinMs")
                        .asInt())
                .isEqualTo(800);
        assertThat(series.answers().get(0).get("stopsAfterRetries").asInt()).isEqualTo(8);
        String one = file("one.yaml", "version: 1\ndownstreams: {only: {retry: none}}\n")
                .toString();
        assertThat(run("", "explain", "--series", "3", "--policy", one).out)
                .contains("stops after 0 retries (1 attempts)");
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() throws IOException {
        String lines = file("lines", FINE).toString();
        isAUsersMistake(run("", "explain", "--series", "0"), "--series must be from 1 to 10000, is 0");
        isAUsersMistake(run("", "explain", "--series", "10001"), "is 10001");
        isAUsersMistake(run("", "explain", "--series", "x"), "'x' is not an int", "Usage: levee explain");
        isAUsersMistake(run("", "explain", "--series"), "Missing required parameter");
        isAUsersMistake(run("", "explain", "--series", "2", lines), "--series reads no outcomes");
        isAUsersMistake(run("", "explain", "--downstream", " ", lines), "must not be blank");
        isAUsersMistake(run("", "explain", lines, lines), "Unmatched argument");
        isAUsersMistake(run("", "explain", "--sereis", "2"), "Unknown option");
        isAUsersMistake(run("", "demo", "--seconds", "0"), "seconds must be from 5 to 3600, is 0");
        isAUsersMistake(run("", "demo", "--seconds", "soon"), "'soon' is not an int");
        isAUsersMistake(run("", "demo", "--loop", "--stay"), "--stay: --loop has no pages to keep open");
        isAUsersMistake(run("", "demo", "--story", "--seconds", "9"), "--story: not together with --loop or --seconds");
        isAUsersMistake(
                run(""),
                "which command? demo, explain, lint, slo, gate, guard, token, report, review, actions, storm, tune");
        isAUsersMistake(run("", "guard"), "which command? serve, import");
        isAUsersMistake(run("", "token"), "which command? create, list, revoke, reset-admin");
        isAUsersMistake(run("", "dmeo"), "Unmatched argument");
        assertThat(run("", "--help").out).contains("Exit codes:", "74");
        assertThat(run("", "explain", "--help").out).contains("Exit codes:", "74");
        assertThat(run("", "demo", "--help").out).contains("Exit codes:", "74", "130");
        assertThat(run("", "--version")).isEqualTo(new Ran(0, "levee 0.1.0-SNAPSHOT" + System.lineSeparator(), ""));
    }

    // --- the process -----------------------------------------------------------------------------------------------

    private Ran process(String shell, String... args) throws IOException, InterruptedException {
        assumeTrue(new File("/bin/sh").canExecute(), "NOT TESTED: there is no /bin/sh here");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", shell, "levee", java, "-cp"));
        command.addAll(List.of(System.getProperty("java.class.path"), "io.levee.cli.Main"));
        command.addAll(List.of(args));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .redirectInput(file("in", FINE.repeat(20_000)).toFile());
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
            return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aReaderThatHasSeenEnoughEndsTheCommandQuietly() throws Exception {
        Ran ran = process("{ \"$@\"; echo $? >&2; } | head -n 1", "explain");
        assertThat(ran.out.lines()).hasSize(1);
        assertThat(ran.err).isEqualTo("74\n");
    }

    @Test
    void outputThatIsLostIsToldAndNoSuccess() throws Exception {
        Ran closed = process("\"$@\" >&-", "explain", "--series", "3");
        assertThat(closed.exit).isEqualTo(74);
        assertThat(closed.err)
                .startsWith("levee: cannot write standard output: ")
                .hasLineCount(1);
        assumeTrue(new File("/dev/full").exists(), "NOT TESTED: there is no /dev/full here");
        for (String command : new String[] {"explain", "--help"}) {
            Ran full = process("\"$@\" >/dev/full", command);
            assertThat(full.exit).isEqualTo(74);
            assertThat(full.err)
                    .startsWith("levee: cannot write standard output: ")
                    .hasLineCount(1);
        }
    }

    @Test
    void jsonIsUtf8WhateverTheLocale() throws Exception {
        Path line = file("line", "{\"id\":\"\u00e9\uD83D\uDE00\",\"client\":\"java\"}\n");
        Ran ran = process("\"$@\"", "explain", line.toString());
        assertThat(ran.exit).isZero();
        assertThat(ran.out).startsWith("{\"id\":\"\u00e9\uD83D\uDE00\",");
    }
}
