package io.levee.http.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** An nginx of the system's, started for one test, that gives idle connections up after 2 s. */
final class Nginx implements AutoCloseable {
    private final Path folder;
    private final Process process;
    private final int port;

    private Nginx(Path folder, Process process, int port) {
        this.folder = folder;
        this.process = process;
        this.port = port;
    }

    static Nginx start() throws IOException {
        Path program = program();
        assumeTrue(program != null, "SKIPPED: nginx is not installed (Debian package nginx-light)");
        Path folder = Files.createTempDirectory("levee-nginx");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.writeString(folder.resolve("nginx.conf"), configuration(port));
        Process process = new ProcessBuilder(
                        program.toString(), "-p", folder.toString(), "-c", "nginx.conf", "-e", "error.log")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.log").toFile())
                .start();
        Nginx nginx = new Nginx(folder, process, port);
        try {
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(nginx::answersOrHasEnded);
        } catch (RuntimeException silent) {
            nginx.close();
            throw silent;
        }
        if (!process.isAlive()) {
            String said = Files.readString(folder.resolve("output.log"));
            nginx.close();
            throw new IllegalStateException("nginx has ended: " + said);
        }
        return nginx;
    }

    private static Path program() {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
        return Stream.of(path.split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "nginx"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static String configuration(int port) {
        String user = "root".equals(System.getProperty("user.name")) ? "user root;\n" : "";
        return user + """
                daemon off;
                master_process on;
                worker_processes 1;
                pid nginx.pid;
                events { worker_connections 4096; }
                http {
                    log_format ids '$http_x_id';
                    access_log access.log ids;
                    error_log error.log;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    keepalive_timeout 2s;
                    keepalive_requests 100000;
                    lingering_close off;
                    server {
                        listen 127.0.0.1:PORT backlog=2048;
                        location / { return 200 'ok'; }
                    }
                }
                """.replace("PORT", Integer.toString(port));
    }

    private boolean answersOrHasEnded() {
        if (!process.isAlive()) {
            return true;
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    String uri() {
        return "http://127.0.0.1:" + port + "/";
    }

    /** The ids of the requests that it has answered; stops it, since it writes its log when a request has ended. */
    List<String> ids() throws IOException, InterruptedException {
        stop();
        return Files.readAllLines(folder.resolve("access.log")).stream()
                .filter(id -> !id.equals("-"))
                .toList();
    }

    /** SIGTERM: the workers end at once, their logs written. */
    private void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Override
    public void close() {
        try {
            stop();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
