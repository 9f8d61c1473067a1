package io.levee.jdbc;

import io.levee.servers.Certificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of a PostgreSQL, as poolers and balancers do, and ends TLS there: says yes to the driver's request for it,
 * shows a certificate, and passes on what is inside.
 */
final class TlsTerminator implements AutoCloseable {
    /** The length of an SSLRequest (PostgreSQL's protocol, message formats). */
    private static final int SSL_REQUEST = 8;

    /** Enough of a ClientHello to have begun. */
    private static final int SOME_OF_THE_HELLO = 16;

    private final ServerSocket listener;
    private final int server;
    private final @Nullable Certificates shown;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /** Without a certificate it closes the connection in mid-handshake. */
    TlsTerminator(int server, @Nullable Certificates shown) throws IOException {
        this.server = server;
        this.shown = shown;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException closed) {
                        // The connection's end, or the test's.
                    }
                },
                "tls-terminator");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            sockets.add(client);
            start(() -> serve(client));
        }
    }

    private void serve(Socket client) throws IOException {
        try (client) {
            client.getInputStream().readNBytes(SSL_REQUEST);
            client.getOutputStream().write('S');
            if (shown == null) {
                client.getInputStream().readNBytes(SOME_OF_THE_HELLO);
                return;
            }
            try (SSLSocket inside = (SSLSocket) shown.context()
                            .getSocketFactory()
                            .createSocket(client, "127.0.0.1", client.getPort(), true);
                    Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server)) {
                sockets.add(upstream);
                inside.setUseClientMode(false);
                inside.startHandshake();
                start(() -> {
                    try (InputStream answers = upstream.getInputStream()) {
                        answers.transferTo(inside.getOutputStream());
                    }
                });
                inside.getInputStream().transferTo(upstream.getOutputStream());
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
