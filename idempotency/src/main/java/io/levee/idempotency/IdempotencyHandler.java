package io.levee.idempotency;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Wraps a handler of the JDK's HTTP server:
 *
 * <pre>{@code
 * Idempotency idempotency = Idempotency.on(JdbcStore.sqlite(Path.of("idempotency.db"))).required().build();
 * server.createContext("/payments", IdempotencyHandler.wrap(idempotency, payments));
 * }</pre>
 *
 * <p>The handler may go on after it has returned: the answer ends when the exchange, or the stream of its body, is closed.
 * Thread-safe if the handler is.
 */
public final class IdempotencyHandler implements HttpHandler {
    private final Idempotency idempotency;
    private final HttpHandler handler;

    private IdempotencyHandler(Idempotency idempotency, HttpHandler handler) {
        this.idempotency = Objects.requireNonNull(idempotency, "idempotency");
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    /**
     * A handler in front of another one.
     *
     * @param idempotency decides; remains the caller's
     * @param handler does the work
     * @return the handler to register
     */
    public static HttpHandler wrap(Idempotency idempotency, HttpHandler handler) {
        return new IdempotencyHandler(idempotency, handler);
    }

    /**
     * The keyed work that an exchange is.
     *
     * @param exchange as the wrapped handler got it
     * @return null if the request has no key, or one that does not count
     */
    public static @Nullable KeyedWork work(HttpExchange exchange) {
        return exchange instanceof KeyedExchange keyed ? keyed.work() : null;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        InputStream body = exchange.getRequestBody();
        Admission admission = idempotency.admit(head(exchange), declaredLength(exchange), body);
        if (admission instanceof Admission.Answer answer) {
            send(exchange, answer.answer());
        } else if (admission instanceof Admission.Pass pass) {
            if (pass.read().length > 0) {
                exchange.setStreams(new SequenceInputStream(new ByteArrayInputStream(pass.read()), body), null);
            }
            handler.handle(exchange);
        } else if (admission instanceof Admission.Work work) {
            KeyedExchange keyed = new KeyedExchange(exchange, idempotency, work);
            try {
                handler.handle(keyed);
            } catch (IOException | RuntimeException | Error thrown) {
                keyed.failed();
                throw thrown;
            }
        }
    }

    private static RequestHead head(HttpExchange exchange) {
        Headers headers = exchange.getRequestHeaders();
        HttpPrincipal principal = exchange.getPrincipal();
        return new RequestHead(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                exchange.getRequestURI().getRawQuery(),
                principal == null ? null : principal.getName(),
                name -> headers.getOrDefault(name, List.of()));
    }

    private static long declaredLength(HttpExchange exchange) {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        try {
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException notSaid) {
            // The server has refused what it cannot read; what is left is read as it comes.
            return -1;
        }
    }

    /** Sends an answer whole, and ends the exchange. */
    static void send(HttpExchange exchange, StoredResponse answer) throws IOException {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            for (StoredResponse.Header header : answer.headers()) {
                headers.add(header.name(), header.value());
            }
            byte[] body = answer.bodyBytes();
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
        }
    }
}
