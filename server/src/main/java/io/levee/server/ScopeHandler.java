package io.levee.server;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.levee.Scope;
import io.levee.http.shared.ForwardingExchange;
import io.levee.http.shared.HopHeaders;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/**
 * Wraps a handler of the JDK's HTTP server: it runs in a {@link Scope} with its caller's deadline and attempt number, and
 * answers that its caller shall not retry where it has done so in vain itself. A request whose time is up is answered 504.
 *
 * <p>A handler that goes on, on another thread, after it has returned takes its scope along: {@code Scope.current().wrap(task)}. This
 * server does not tell its handlers that a client has gone; the scope is cancelled when the handler throws. Thread-safe if the handler is.
 */
public final class ScopeHandler implements HttpHandler {
    private final ServerScopes scopes;
    private final HttpHandler handler;

    private ScopeHandler(ServerScopes scopes, HttpHandler handler) {
        this.scopes = Objects.requireNonNull(scopes, "scopes");
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    /**
     * A handler in front of another one, with {@link ServerScopes#standard}.
     *
     * @param handler does the work
     * @return the handler to register
     */
    public static HttpHandler wrap(HttpHandler handler) {
        return wrap(ServerScopes.standard(), handler);
    }

    /**
     * A handler in front of another one.
     *
     * @param scopes makes the scopes
     * @param handler does the work
     * @return the handler to register
     */
    public static HttpHandler wrap(ServerScopes scopes, HttpHandler handler) {
        return new ScopeHandler(scopes, handler);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Headers headers = exchange.getRequestHeaders();
        Scope scope = scopes.scope(name -> headers.getOrDefault(name, List.of()));
        if (scope.remainingNanos() == 0) {
            late(exchange);
            return;
        }
        try (Scope.Attachment here = scope.attach()) {
            handler.handle(new ScopedExchange(exchange, scope));
        } catch (IOException | RuntimeException | Error failed) {
            scope.cancel();
            throw failed;
        }
    }

    private static void late(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = Late.body();
            exchange.getResponseHeaders().set("Content-Type", Late.CONTENT_TYPE);
            exchange.sendResponseHeaders(Late.STATUS, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static final class ScopedExchange extends ForwardingExchange {
        private final Scope scope;

        ScopedExchange(HttpExchange real, Scope scope) {
            super(real);
            this.scope = scope;
        }

        @Override
        public void sendResponseHeaders(int code, long responseLength) throws IOException {
            if (ServerScopes.forbidsRetry(scope, code)) {
                getResponseHeaders().set(HopHeaders.SHOULD_RETRY, HopHeaders.NO_RETRY);
            }
            super.sendResponseHeaders(code, responseLength);
        }
    }
}
