package io.levee.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A Redis of the system's (Debian package redis-server), alone on a port, that keeps nothing unless told to. */
public final class Redis implements AutoCloseable {
    private final Program program;
    private final int port;

    private Redis(Program program, int port) {
        this.program = program;
        this.port = port;
    }

    /** Starts one; further arguments as on its command line, such as {@code --appendonly yes}. */
    public static Redis start(String... further) throws IOException {
        int port = Program.freePort();
        List<String> arguments = new ArrayList<>(
                List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no"));
        arguments.addAll(List.of(further));
        return new Redis(
                Program.of("redis-server", "redis-server").start(port, arguments.toArray(String[]::new)), port);
    }

    public int port() {
        return port;
    }

    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** Asks it to end; {@link #startAgain} on the same port. */
    public void stop() {
        program.stop();
    }

    /** {@code kill -9}. */
    public void kill() {
        program.kill();
    }

    /** Starts it again on the same port; what it had in memory only is gone. */
    public void startAgain() throws IOException {
        program.start(port);
    }

    /** SIGSTOP: connections are accepted and stay open, nothing is answered. */
    public void freeze() throws IOException, InterruptedException {
        program.freeze();
    }

    public void thaw() throws IOException, InterruptedException {
        program.thaw();
    }

    @Override
    public void close() {
        program.kill();
        program.close();
    }
}
