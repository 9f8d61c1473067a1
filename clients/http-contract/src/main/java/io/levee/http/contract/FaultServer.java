package io.levee.http.contract;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that misbehaves as told, on a real socket of the loopback interface, and keeps what it was sent. Each
 * connection is served by a thread of its own.
 */
public final class FaultServer implements AutoCloseable {
    /** What to do with one connection; returning closes it in the orderly way. */
    @FunctionalInterface
    public interface Script {
        void serve(Connection connection) throws Exception;
    }

    /** One request as it arrived. */
    public record Request(int number, String head, byte[] body) {
        public String header(String name) {
            String wanted = name.toLowerCase(Locale.ROOT) + ":";
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(wanted))
                    .map(line -> line.substring(wanted.length()).trim())
                    .findFirst()
                    .orElse(null);
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** How many bytes {@link Connection#drip} writes, one every 100 ms. */
    public static final int DROPS = 50;

    private final ServerSocket listener;
    private final String scheme;
    private final Script script;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    public FaultServer(Script script) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), "http", script);
    }

    public FaultServer(ServerSocket listener, String scheme, Script script) {
        this.listener = listener;
        this.scheme = scheme;
        this.script = script;
        Thread acceptor = new Thread(this::accept, "fault-server");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    /** A server that answers every request with what the function makes of it, on persistent connections. */
    public static FaultServer answering(java.util.function.Function<Request, String> answer) throws IOException {
        return new FaultServer(connection -> {
            for (Request request = connection.read(); request != null; request = connection.read()) {
                connection.write(answer.apply(request));
            }
        });
    }

    /** A response with a body, as a string. */
    public static String response(int status, String headers, String body) {
        return "HTTP/1.1 " + status + " X\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n"
                + headers + "\r\n" + body;
    }

    public URI uri() {
        return uri("/");
    }

    public URI uri(String path) {
        return URI.create(
                scheme + "://" + listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort() + path);
    }

    /** Requests that arrived whole, in the order of arrival. */
    public List<Request> requests() {
        return requests;
    }

    public int connections() {
        return connections.get();
    }

    public int openConnections() {
        return connections.get() - closed.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                connections.incrementAndGet();
                open.add(socket);
                Thread thread = new Thread(() -> serve(socket), "fault-connection");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException closedByTest) {
            // the end of the server
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            script.serve(new Connection(socket));
        } catch (Exception expected) {
            // the client went away, or the script broke the connection: both are what scripts are for
        } finally {
            closed.incrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** One connection. */
    public final class Connection {
        public final Socket socket;
        public final InputStream in;
        public final OutputStream out;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        /** Reads a request with its body; null at the end of the stream. */
        public Request read() throws IOException {
            String head = readHead();
            if (head == null) {
                return null;
            }
            Request parsed = new Request(0, head, new byte[0]);
            if ("100-continue".equalsIgnoreCase(parsed.header("Expect"))) {
                write("HTTP/1.1 100 Continue\r\n\r\n");
            }
            return record(head, readBody(parsed));
        }

        /** Reads a request's head and leaves its body; null at the end of the stream. */
        public Request readHeadOnly() throws IOException {
            String head = readHead();
            return head == null ? null : record(head, new byte[0]);
        }

        /** Keeps a request that the script read by itself. */
        public Request record(String head, byte[] body) {
            synchronized (requests) {
                Request request = new Request(requests.size(), head, body);
                requests.add(request);
                return request;
            }
        }

        public String readHead() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            int matched = 0;
            while (matched < 4) {
                int b = in.read();
                if (b < 0) {
                    return null;
                }
                head.write(b);
                matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
            }
            return head.toString(StandardCharsets.ISO_8859_1);
        }

        public byte[] readBody(Request head) throws IOException {
            String length = head.header("Content-Length");
            if (length != null) {
                return in.readNBytes(Integer.parseInt(length));
            }
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            if ("chunked".equalsIgnoreCase(head.header("Transfer-Encoding"))) {
                for (int size = chunkSize(); size > 0; size = chunkSize()) {
                    byte[] chunk = in.readNBytes(size);
                    if (chunk.length < size) {
                        throw new IOException("half a chunk");
                    }
                    body.write(chunk);
                    in.readNBytes(2);
                }
                in.readNBytes(2);
            }
            return body.toByteArray();
        }

        private int chunkSize() throws IOException {
            StringBuilder size = new StringBuilder();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new IOException("no chunk");
                }
                size.append((char) b);
            }
            return Integer.parseInt(size.toString().trim(), 16);
        }

        public void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        /** Writes one byte after the other, slowly: the time between them is what the fault is. */
        public void drip() throws IOException, InterruptedException {
            for (int i = 0; i < DROPS; i++) {
                write(".");
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }

        /** Breaks the connection with a reset instead of an orderly end. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Keeps the connection open, silent, until the client closes it. */
        public void hang() throws IOException {
            while (in.read() >= 0) {
                // nothing is answered
            }
        }
    }
}
