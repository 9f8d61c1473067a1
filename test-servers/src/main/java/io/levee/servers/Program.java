package io.levee.servers;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A server program of the system's in a folder of its own, for one test. A test whose program is not installed is skipped and
 * says so; {@code ./levee test} installs what .ci/packages lists where it may.
 */
public final class Program implements AutoCloseable {
    private static final String OUTPUT = "output.log";

    private static final int FIRST_PORT = 20_000;
    /** Of Linux; other systems begin later. */
    private static final int FIRST_EPHEMERAL_PORT = 32_768;

    private final Path program;
    private final Path folder;
    private List<String> arguments = List.of();
    private Process process;

    private Program(Path program, Path folder) {
        this.program = program;
        this.folder = folder;
    }

    /** A program that is not started yet. */
    public static Program of(String name, String debianPackage) throws IOException {
        return new Program(installed(name, debianPackage), Files.createTempDirectory("levee-" + name));
    }

    /** Where a program is; a test whose program is not installed is skipped, and says so. */
    static Path installed(String name, String debianPackage) {
        Path found = find(name);
        assumeTrue(found != null, "SKIPPED: " + name + " is not installed (Debian package " + debianPackage + ")");
        return found;
    }

    private static Path find(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin:/sbin";
        return Stream.of(path.split(":"))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /**
     * A port of the loopback interface that nobody listens on, and that stays so: not one of those that the system hands out by
     * itself, to the next server on port 0 or as the near end of the next connection.
     */
    public static int freePort() throws IOException {
        BindException taken = new BindException("no port is free");
        for (int tries = 0; tries < 100; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, FIRST_EPHEMERAL_PORT);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (BindException e) {
                taken.addSuppressed(e);
            }
        }
        throw taken;
    }

    public Path folder() {
        return folder;
    }

    /** Writes a file into the program's folder. */
    public Program file(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
        return this;
    }

    /** Starts it in its folder and waits until it accepts connections. */
    public Program start(int port, String... given) throws IOException {
        arguments = List.of(given);
        return start(port);
    }

    /** Starts it again as before. */
    public Program start(int port) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve(OUTPUT).toFile()))
                .start();
        try {
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !process.isAlive() || accepts(port));
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        program.getFileName() + " has ended: " + Files.readString(folder.resolve(OUTPUT)));
            }
        } catch (RuntimeException failed) {
            close();
            throw failed;
        }
        return this;
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Stops it and its children from running, without ending them: the kernel still accepts and acknowledges for them. */
    public void freeze() throws IOException, InterruptedException {
        signal("-STOP");
        // On a busy machine a thread may run on for a while until the signal has reached it.
        Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(() -> Stream.concat(Stream.of(process.toHandle()), process.descendants())
                        .allMatch(one -> isStopped(one.pid())));
    }

    /** True on systems that do not tell. */
    private static boolean isStopped(long pid) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return threads.allMatch(thread -> {
                try {
                    String stat = Files.readString(thread.resolve("stat"));
                    // The state stands behind the name, which is in brackets.
                    return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
                } catch (IOException ended) {
                    return true;
                }
            });
        } catch (IOException unknown) {
            return true;
        }
    }

    /** Lets it go on after {@link #freeze}. */
    public void thaw() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", signal, Long.toString(process.pid())));
        process.descendants().forEach(child -> command.add(Long.toString(child.pid())));
        new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /** Asks it to end, and waits until it has. */
    public void stop() {
        end(false);
    }

    /** Ends it at once: {@code kill -9}. */
    public void kill() {
        end(true);
    }

    private void end(boolean atOnce) {
        if (process == null || !process.isAlive()) {
            return;
        }
        try {
            if (!atOnce) {
                process.destroy();
            }
            if (atOnce || !process.waitFor(10, TimeUnit.SECONDS)) {
                List<ProcessHandle> children = process.descendants().toList();
                process.destroyForcibly().waitFor();
                children.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it and removes its folder. */
    @Override
    public void close() {
        stop();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
