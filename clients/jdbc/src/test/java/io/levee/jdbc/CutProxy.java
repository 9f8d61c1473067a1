package io.levee.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A TCP proxy in front of a database that goes wrong when a COMMIT passes, or when it is told. */
final class CutProxy implements AutoCloseable {
    /** What is done with a client's COMMIT. */
    enum OnCommit {
        PASS,
        /** The connection breaks before the COMMIT reaches the server. */
        CUT_BEFORE,
        /** The server gets the COMMIT and answers it; the connection breaks before the client gets the answer. */
        CUT_AFTER,
        /** The same, but nothing tells the client: no answer comes, and nothing is closed. */
        SILENT_AFTER
    }

    private final ServerSocket listener;
    private final int server;
    private final AtomicInteger cutsLeft;
    private final OnCommit onCommit;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch thawed = new CountDownLatch(1);
    private volatile boolean frozen;
    private volatile boolean refusing;

    CutProxy(int server, OnCommit onCommit, int times) throws IOException {
        this.server = server;
        this.onCommit = onCommit;
        cutsLeft = new AtomicInteger(times);
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** From now on no byte passes in either direction, and nothing is closed: a network that is gone. */
    void freeze() {
        frozen = true;
    }

    /** From now on every new connection is closed at once; those that are there stay. */
    void refuseFurther() {
        refusing = true;
    }

    private static void start(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException | InterruptedException closed) {
                        // The connection's end, or the test's.
                    }
                },
                "cut-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            if (refusing) {
                close(client);
                continue;
            }
            Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server);
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(upstream);
            CountDownLatch answered = new CountDownLatch(1);
            Link link = new Link(client, upstream, answered);
            start(link::toServer);
            start(link::toClient);
        }
    }

    private final class Link {
        private final Socket client;
        private final Socket upstream;
        private final CountDownLatch answered;
        private volatile boolean swallowing;

        Link(Socket client, Socket upstream, CountDownLatch answered) {
            this.client = client;
            this.upstream = upstream;
            this.answered = answered;
        }

        void toServer() throws IOException, InterruptedException {
            try {
                InputStream in = client.getInputStream();
                OutputStream out = upstream.getOutputStream();
                byte[] buffer = new byte[64 * 1024];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    hold();
                    boolean commit = new String(buffer, 0, n, StandardCharsets.ISO_8859_1).contains("COMMIT");
                    if (commit && onCommit != OnCommit.PASS && cutsLeft.getAndDecrement() > 0) {
                        if (onCommit != OnCommit.CUT_BEFORE) {
                            swallowing = true;
                            out.write(buffer, 0, n);
                            out.flush();
                            answered.await();
                        }
                        if (onCommit == OnCommit.SILENT_AFTER) {
                            thawed.await();
                        }
                        return;
                    }
                    out.write(buffer, 0, n);
                    out.flush();
                }
            } finally {
                close(client);
                close(upstream);
            }
        }

        void toClient() throws IOException, InterruptedException {
            try {
                InputStream in = upstream.getInputStream();
                OutputStream out = client.getOutputStream();
                byte[] buffer = new byte[64 * 1024];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    hold();
                    if (swallowing) {
                        answered.countDown();
                        if (onCommit == OnCommit.SILENT_AFTER) {
                            thawed.await();
                        }
                        return;
                    }
                    out.write(buffer, 0, n);
                    out.flush();
                }
            } finally {
                answered.countDown();
                close(client);
                close(upstream);
            }
        }

        private void hold() throws InterruptedException {
            if (frozen) {
                thawed.await();
            }
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closedAlready) {
            // As wanted.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        thawed.countDown();
        sockets.forEach(CutProxy::close);
    }
}
