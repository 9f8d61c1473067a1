package io.levee.jdbc;

import io.levee.servers.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.mariadb.jdbc.MariaDbDataSource;

/** A MariaDB server in a directory of its own, started once for the JVM. */
final class MariaServer {
    private static final Path DAEMON = Path.of("/usr/sbin/mariadbd");
    /** A part of the client's package that the server's own set-up needs. */
    private static final Path SET_UP = Path.of("/usr/bin/my_print_defaults");

    private final int port;

    private MariaServer(int port) {
        this.port = port;
    }

    static boolean isInstalled() {
        return Files.isExecutable(DAEMON) && Files.isExecutable(SET_UP);
    }

    static MariaServer shared() {
        return Holder.SERVER;
    }

    int port() {
        return port;
    }

    private static final class Holder {
        static final MariaServer SERVER = start();
    }

    private static MariaServer start() {
        try {
            Path home = Files.createTempDirectory("levee-mariadb");
            String user = System.getProperty("user.name");
            run(List.of(
                    "mariadb-install-db",
                    "--no-defaults",
                    "--user=" + user,
                    "--datadir=" + home.resolve("data"),
                    "--auth-root-authentication-method=normal"));
            int port = Program.freePort();
            List<String> command = new ArrayList<>(List.of(
                    DAEMON.toString(),
                    "--no-defaults",
                    "--user=" + user,
                    "--datadir=" + home.resolve("data"),
                    "--socket=" + home.resolve("socket"),
                    "--bind-address=127.0.0.1",
                    "--skip-name-resolve",
                    "--innodb-flush-log-at-trx-commit=0",
                    "--port=" + port));
            Process server = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("log").toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, home)));
            awaitReady(server, port, home);
            return new MariaServer(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitReady(Process server, int port, Path home) {
        Awaitility.await("the server of " + home)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    if (!server.isAlive()) {
                        throw new IllegalStateException("mariadbd ended: " + Files.readString(home.resolve("log")));
                    }
                    try {
                        Db.run(
                                new MariaDbDataSource(
                                        "jdbc:mariadb://127.0.0.1:" + port + "/?user=root&sslMode=disable"),
                                "CREATE DATABASE IF NOT EXISTS test");
                    } catch (SQLException notYet) {
                        throw new AssertionError(notYet);
                    }
                });
    }

    private static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(command + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void stop(Process server, Path home) {
        server.destroyForcibly();
        try {
            server.waitFor(10, TimeUnit.SECONDS);
            try (Stream<Path> files = Files.walk(home)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
        } catch (InterruptedException | IOException leftBehind) {
            // The directory for temporary files is the machine's to clean.
        }
    }
}
