package io.levee.servers;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.awaitility.Awaitility;

/** What a test's server wants to know of the other end. */
public final class Sockets {
    private Sockets() {}

    /**
     * Waits until the peer has taken every byte out of its kernel (on Linux; elsewhere returns at once). A reset throws away
     * what has not been taken, so without this a race decides what the peer gets.
     */
    public static void awaitRead(Socket socket) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(() -> unread("/proc/net/tcp", socket) + unread("/proc/net/tcp6", socket) == 0);
    }

    /** The receive queue of the peer's socket, whose ports are ours the other way round. */
    private static long unread(String table, Socket socket) throws IOException {
        Path file = Path.of(table);
        if (!Files.isReadable(file)) {
            return 0;
        }
        String local = String.format(Locale.ROOT, ":%04X", socket.getPort());
        String remote = String.format(Locale.ROOT, ":%04X", socket.getLocalPort());
        for (String line : Files.readAllLines(file)) {
            String[] fields = line.strip().split("\\s+");
            if (fields[1].endsWith(local) && fields[2].endsWith(remote)) {
                return Long.parseLong(fields[4].substring(fields[4].indexOf(':') + 1), 16);
            }
        }
        return 0;
    }
}
