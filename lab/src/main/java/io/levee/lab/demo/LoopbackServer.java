package io.levee.lab.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK's HTTP server on a free port of the loopback address. */
final class LoopbackServer implements AutoCloseable {
    /** Connections that may wait to be accepted: the load comes in bursts. */
    private static final int BACKLOG = 1_024;

    static {
        // Read once, when the JDK's server is first used. Without the first, head and body of an answer leave in two
        // segments, and the second waits 40 ms for the acknowledgement of the first; the second keeps the server from
        // closing idle connections under the clients' hands.
        setUnlessSet("sun.net.httpserver.nodelay", "true");
        setUnlessSet("sun.net.httpserver.maxIdleConnections", "4000");
    }

    private final HttpServer server;
    private final ExecutorService handlers;

    private LoopbackServer(HttpServer server, ExecutorService handlers) {
        this.server = server;
        this.handlers = handlers;
    }

    /**
     * Starts a server.
     *
     * @param name what it is, for messages and thread names
     * @param path what it answers
     * @param handler run on a thread of its own for each request
     * @throws IOException if it can't listen; the message says what to look at
     */
    static LoopbackServer start(String name, String path, HttpHandler handler) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(loopback, 0), BACKLOG);
        } catch (IOException refused) {
            throw new IOException(
                    "cannot open a port for the " + name + " service on " + loopback.getHostAddress() + " ("
                            + refused.getMessage()
                            + "); the demo needs the loopback interface and a few free ports",
                    refused);
        }
        // One thread for each request in work, as many as there are: the limit of the demo is inventory's own.
        ExecutorService handlers = Executors.newCachedThreadPool(Threads.named(name));
        server.setExecutor(handlers);
        server.createContext(path, handler);
        server.start();
        return new LoopbackServer(server, handlers);
    }

    URI uri(String path) {
        InetSocketAddress address = server.getAddress();
        return URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + path);
    }

    /** Ends an exchange with a text. That the client has gone is no concern of the server: it did its work. */
    static void answer(HttpExchange exchange, int status, String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        } catch (IOException clientLeft) {
            // Expected for every attempt that timed out: nobody reads this answer.
        }
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        Threads.end(handlers);
    }
}
