package io.levee.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A roll-back that was run: how it ended, and the end of what it printed. */
record RollBack(int exitCode, String output) {
    private static final int LONGEST = 4_096;
    /** As a shell has it for a command that was killed. */
    private static final int KILLED = 137;

    private static final int NOT_STARTED = 127;

    /** Runs it once, waits, and kills it with all its children when it takes too long. */
    static RollBack run(String command, Duration longest) {
        Path output = null;
        try {
            // A file, not a pipe: a command that prints much, or leaves something running, must not hang.
            output = Files.createTempFile("levee-rollback", ".txt");
            Process process = new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            String tail = tail(output);
            return ended
                    ? new RollBack(process.exitValue(), tail)
                    : new RollBack(KILLED, tail + "\nlevee: killed after " + longest.toSeconds() + " s");
        } catch (IOException e) {
            return new RollBack(NOT_STARTED, "levee: cannot run it: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new RollBack(KILLED, "levee: interrupted");
        } finally {
            delete(output);
        }
    }

    private static String tail(Path output) throws IOException {
        String all = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        return all.substring(Math.max(0, all.length() - LONGEST));
    }

    private static void delete(@org.jspecify.annotations.Nullable Path output) {
        if (output != null) {
            try {
                Files.deleteIfExists(output);
            } catch (IOException e) {
                output.toFile().deleteOnExit();
            }
        }
    }
}
