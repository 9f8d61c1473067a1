package io.levee.grpc;

import io.levee.servers.Sockets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that speaks as much of HTTP/2 (RFC 9113) as it takes to misbehave: what a gRPC server never does by itself.
 * One thread a connection, all ended by {@link #close}.
 */
final class RawPeer implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int GOAWAY = 7;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int INTERNAL_ERROR = 2;
    static final int REFUSED_STREAM = 7;
    private static final int PREFACE_BYTES = 24;

    /** What to do with a request whose head has arrived. */
    @FunctionalInterface
    interface Answer {
        void to(Connection connection, int stream) throws IOException;
    }

    private final ServerSocket listening;
    private final Answer answer;
    private final boolean speaksHttp2;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    private RawPeer(boolean speaksHttp2, Answer answer) throws IOException {
        this.answer = answer;
        this.speaksHttp2 = speaksHttp2;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    static RawPeer answering(Answer answer) throws IOException {
        return new RawPeer(true, answer);
    }

    /** Reads a little and hangs up, as in the middle of a TLS handshake. */
    static RawPeer hangingUp() throws IOException {
        return new RawPeer(false, null);
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "raw-peer");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                thread(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            if (!speaksHttp2) {
                socket.getInputStream().read();
                return;
            }
            Connection connection = new Connection(socket);
            for (int stream = connection.nextHead(); stream > 0; stream = connection.nextHead()) {
                requests.incrementAndGet();
                answer.to(connection, stream);
            }
        } catch (IOException gone) {
            // The client hung up, or the test is over.
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    int requests() {
        return requests.get();
    }

    int connections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** One connection, read and written by its thread. */
    static final class Connection {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            in = socket.getInputStream();
            out = socket.getOutputStream();
            in.readNBytes(PREFACE_BYTES);
            write(SETTINGS, 0, 0);
        }

        /** The id of the next stream whose head has arrived; -1 at the end of the connection. */
        int nextHead() throws IOException {
            while (!socket.isClosed()) {
                byte[] head = in.readNBytes(9);
                if (head.length < 9) {
                    return -1;
                }
                int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff;
                int stream = (head[5] & 0x7f) << 24 | (head[6] & 0xff) << 16 | (head[7] & 0xff) << 8 | head[8] & 0xff;
                in.readNBytes(length);
                if (head[3] == SETTINGS && (head[4] & 1) == 0) {
                    write(SETTINGS, 1, 0);
                }
                if (head[3] == HEADERS) {
                    return stream;
                }
            }
            return -1;
        }

        void rst(int stream, int error) throws IOException {
            write(RST_STREAM, 0, stream, (byte) 0, (byte) 0, (byte) 0, (byte) error);
        }

        /** Goes away and leaves out every stream after the given one. */
        void goAway(int lastStream) throws IOException {
            byte last = (byte) lastStream;
            write(GOAWAY, 0, 0, (byte) 0, (byte) 0, (byte) 0, last, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
        }

        /** A bare status, as a proxy answers that does not speak gRPC. HPACK: ':status' by its index, value as it is. */
        void status(int stream, String status) throws IOException {
            byte[] digits = status.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            write(HEADERS, END_HEADERS | END_STREAM, stream, (byte) 8, (byte) 3, digits[0], digits[1], digits[2]);
        }

        /**
         * Headers of a gRPC answer (HPACK: ':status 200' by its index, 'content-type' by its name's index), four bytes of a
         * message of ten, and a reset when the client has them.
         */
        void halfAMessageThenReset(int stream) throws IOException {
            byte[] type = "application/grpc".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            ByteBuffer head = ByteBuffer.allocate(4 + type.length);
            head.put((byte) 0x88)
                    .put((byte) 0x0f)
                    .put((byte) 0x10)
                    .put((byte) type.length)
                    .put(type);
            write(HEADERS, END_HEADERS, stream, head.array());
            write(
                    DATA, 0, stream, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 10, (byte) 1, (byte) 2, (byte) 3,
                    (byte) 4);
            Sockets.awaitRead(socket);
            reset();
        }

        void hangUp() throws IOException {
            socket.close();
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        private void write(int type, int flags, int stream, byte... payload) throws IOException {
            byte[] frame = new byte[9 + payload.length];
            frame[0] = (byte) (payload.length >>> 16);
            frame[1] = (byte) (payload.length >>> 8);
            frame[2] = (byte) payload.length;
            frame[3] = (byte) type;
            frame[4] = (byte) flags;
            frame[5] = (byte) (stream >>> 24);
            frame[6] = (byte) (stream >>> 16);
            frame[7] = (byte) (stream >>> 8);
            frame[8] = (byte) stream;
            System.arraycopy(payload, 0, frame, 9, payload.length);
            out.write(frame);
            out.flush();
        }
    }
}
