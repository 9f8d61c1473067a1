package io.levee.servers;

import java.io.IOException;

/** A HAProxy of the system's (Debian package haproxy) as the load balancer in front of one server. */
public final class Haproxy implements AutoCloseable {
    private final Program program;
    private final int port;

    private Haproxy(Program program, int port) {
        this.program = program;
        this.port = port;
    }

    /**
     * Starts one.
     *
     * @param mode {@code http} or {@code tcp}
     * @param serverPort where its one server is, or is not
     * @param settings lines of its {@code defaults} section, such as {@code timeout queue 200ms}
     * @param serverSettings what stands behind the server's address, such as {@code maxconn 1}
     */
    public static Haproxy start(String mode, int serverPort, String settings, String serverSettings)
            throws IOException {
        int port = Program.freePort();
        String configuration = """
                global
                    maxconn 2000
                defaults
                    mode MODE
                    retries 0
                    timeout connect 5s
                    timeout client 60s
                    timeout server 60s
                SETTINGS
                frontend in
                    bind 127.0.0.1:PORT
                    default_backend out
                backend out
                    server one 127.0.0.1:SERVER
                """.replace("MODE", mode)
                .replace("SETTINGS", settings.indent(4))
                .replace("PORT", Integer.toString(port))
                .replace("SERVER", serverPort + " " + serverSettings);
        Program program = Program.of("haproxy", "haproxy").file("haproxy.cfg", configuration);
        return new Haproxy(program.start(port, "-f", "haproxy.cfg", "-db"), port);
    }

    public int port() {
        return port;
    }

    /** SIGSTOP: connections stay open and are even accepted, and nothing comes of them. */
    public void freeze() throws IOException, InterruptedException {
        program.freeze();
    }

    @Override
    public void close() {
        program.kill();
        program.close();
    }
}
