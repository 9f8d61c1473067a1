package io.levee.guard.actions;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A program that runs. Its output goes to a file, of which the end is kept, so that nobody has to read along. */
final class CommandRun implements Running {
    /** What every program may want; everything else of the guard's environment (secrets above all) it gets by name alone. */
    private static final List<String> ALWAYS = List.of("PATH", "HOME", "LANG", "TZ", "TMPDIR");

    private static final int TAIL = 4_096;
    private static final long MOST_OUTPUT = 64L << 20;

    private final Process process;
    private final Path output;
    private final Instant begun;
    private final Duration timeout;
    private @Nullable String killed;

    private CommandRun(Process process, Path output, Instant begun, Duration timeout) {
        this.process = process;
        this.output = output;
        this.begun = begun;
        this.timeout = timeout;
    }

    /**
     * Starts a program.
     *
     * @param run the program and its arguments
     * @param command what it may have of the guard's environment, and how long it may take
     * @param figures environment variables that say why it runs
     * @param environment the guard's own
     * @throws IOException if it cannot be started
     */
    static Running start(
            List<String> run,
            Effect.Command command,
            Map<String, String> figures,
            Function<String, @Nullable String> environment,
            Instant now)
            throws IOException {
        Path output = Files.createTempFile("levee-action", ".out");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(run).redirectErrorStream(true).redirectOutput(output.toFile());
            Map<String, String> variables = builder.environment();
            variables.clear();
            ALWAYS.forEach(name -> pass(name, environment, variables));
            command.pass().forEach(name -> pass(name, environment, variables));
            variables.putAll(figures);
            Process process = builder.start();
            process.getOutputStream().close();
            return new CommandRun(process, output, now, command.timeout());
        } catch (IOException e) {
            Files.deleteIfExists(output);
            throw e;
        }
    }

    private static void pass(
            String name, Function<String, @Nullable String> environment, Map<String, String> variables) {
        String value = environment.apply(name);
        if (value != null) {
            variables.put(name, value);
        }
    }

    @Override
    public @Nullable Map<String, @Nullable Object> poll(Instant now) {
        if (process.isAlive()) {
            if (!now.isBefore(begun.plus(timeout))) {
                kill("took longer than " + Rounded.duration(timeout));
            } else if (output.toFile().length() > MOST_OUTPUT) {
                kill("wrote more than 64 MiB");
            }
            return null;
        }
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        result.put("ok", killed == null && process.exitValue() == 0);
        result.put("exitCode", process.exitValue());
        result.put("error", killed == null ? null : "killed: it " + killed);
        result.put("output", tail());
        delete();
        return result;
    }

    private String tail() {
        try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
            long skipped = Math.max(0, file.length() - TAIL);
            file.seek(skipped);
            byte[] bytes = new byte[(int) (file.length() - skipped)];
            file.readFully(bytes);
            // PostgreSQL's text holds no U+0000.
            return new String(bytes, StandardCharsets.UTF_8).replace('\0', '\uFFFD');
        } catch (IOException e) {
            return "its output cannot be read: " + e.getMessage();
        }
    }

    private void delete() {
        try {
            Files.deleteIfExists(output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + output, e);
        }
    }

    private void kill(String why) {
        if (killed == null) {
            killed = why;
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void stop() {
        kill("was running when the guard stopped");
        delete();
    }
}
