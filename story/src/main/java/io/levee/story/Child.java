package io.levee.story;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of the play, of this JVM's own kind. */
final class Child implements AutoCloseable {
    private static final long END_WITHIN_SECONDS = 5;

    private final String role;
    private final Process process;
    private final BufferedReader says;
    private final Writer words;
    private int port;

    private Child(String role, Process process) {
        this.role = role;
        this.process = process;
        says = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        words = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    }

    /** The beginning of a command line for a class of this class path. */
    static List<String> java(String mainClass) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Small and quick to start: there are eight of them on a laptop.
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.add(mainClass);
        return command;
    }

    static Child start(Path log, String role, String... options) throws IOException {
        List<String> command = java(ServiceMain.class.getName());
        command.add(role);
        command.addAll(Arrays.asList(options));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new Child(role, process);
    }

    /** Where it listens; waits until it does, so that several can start at the same time. */
    synchronized int port() throws IOException {
        if (port == 0) {
            String line = says.readLine();
            if (line == null || !line.startsWith("ready ")) {
                process.destroyForcibly();
                throw new IOException("the process of " + role + " did not start: it said " + line);
            }
            port = Integer.parseInt(line.substring("ready ".length()));
        }
        return port;
    }

    /** Says a word, and waits for the answer. */
    synchronized String tell(String word) {
        try {
            words.write(word + "\n");
            words.flush();
            String answer = says.readLine();
            if (answer == null) {
                throw new IOException("it has ended");
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException("the process of " + role + " does not answer: " + e.getMessage(), e);
        }
    }

    long count() {
        return Long.parseLong(tell("counts").replace("counts ", ""));
    }

    /** Its standard input ends, so it will; what it has to tell by then it tells. */
    void end() {
        try {
            words.close();
        } catch (IOException gone) {
            process.destroyForcibly();
        }
    }

    /** Waits for it to end. */
    @Override
    public void close() {
        end();
        try {
            if (!process.waitFor(END_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
