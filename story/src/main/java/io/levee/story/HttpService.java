package io.levee.story;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/** An HTTP server of one route on a free port of the loopback address, with a SERVER span for each request. */
final class HttpService implements AutoCloseable {
    private static final int BACKLOG = 200;
    private static final int SERVER_ERROR = 500;

    static {
        // Without it, head and body of an answer leave in two segments, and the second waits 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** What came of a request. */
    record Reply(int status, String text) {}

    /** Answers a request. */
    @FunctionalInterface
    interface Work {
        Reply answer(String body) throws Exception;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    HttpService(String path, Tracing tracing, UnaryOperator<HttpHandler> around, Work work) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        server.setExecutor(threads);
        HttpHandler inner = around.apply(exchange -> handle(exchange, work));
        server.createContext(path, exchange -> {
            Span span = tracing.server("POST " + path, exchange.getRequestHeaders()::getFirst);
            span.setAttribute("http.request.method", "POST");
            span.setAttribute("http.route", path);
            try (Scope here = span.makeCurrent()) {
                inner.handle(exchange);
            } finally {
                int status = exchange.getResponseCode();
                span.setAttribute("http.response.status_code", status);
                if (status >= SERVER_ERROR || status < 0) {
                    Tracing.failed(span, Integer.toString(status), null);
                }
                span.end();
            }
        });
        server.start();
    }

    private static void handle(HttpExchange exchange, Work work) throws IOException {
        Reply reply;
        try {
            reply = work.answer(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        } catch (Exception failed) {
            reply = new Reply(SERVER_ERROR, String.valueOf(failed.getMessage()));
        }
        byte[] body = reply.text().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
