package io.levee.console;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What every request passes first. A page of another site can make a browser ask this server under a name of its own that
 * it has pointed at 127.0.0.1 (DNS rebinding) and would then read the answer as its own; so the Host header must name
 * this server by a name that it knows. Nothing here changes anything, so reading is all there is to protect.
 */
final class Gate implements HttpHandler {
    /** How this machine is called from itself, in any port: a forwarded port (ssh -L) is another one. */
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private static final Pattern PORT = Pattern.compile("(?<=^[^:]{1,255}|\\]):\\d{1,5}$");

    private final Set<String> hosts;
    private final HttpHandler next;

    Gate(Set<String> hosts, HttpHandler next) {
        this.hosts = hosts;
        this.next = next;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Cross-Origin-Resource-Policy", "same-origin");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Cache-Control", "no-store");
            headers.set(
                    "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            String host = exchange.getRequestHeaders().getFirst("Host");
            if (!knows(host)) {
                refuse(
                        exchange,
                        403,
                        "This console is not called " + (host == null ? "nothing" : host)
                                + ". Ask for it as localhost, or name the host with LeveeConsole.Builder.allowHost.\n");
            } else if (!exchange.getRequestMethod().equals("GET")
                    && !exchange.getRequestMethod().equals("HEAD")) {
                headers.set("Allow", "GET, HEAD");
                refuse(exchange, 405, "This console only answers GET and HEAD.\n");
            } else {
                next.handle(exchange);
            }
        }
    }

    private boolean knows(@Nullable String host) {
        if (host == null) {
            return false;
        }
        String name = withoutPort(host.toLowerCase(Locale.ROOT));
        return LOOPBACK.contains(name) || hosts.contains(name);
    }

    /** Without a port if it ends in one; whatever else follows the name stays, so that it is no name of ours. */
    static String withoutPort(String host) {
        return PORT.matcher(host).replaceFirst("");
    }

    static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        send(exchange, status, "text/plain; charset=utf-8", why.getBytes(StandardCharsets.UTF_8));
    }

    static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
