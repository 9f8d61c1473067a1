package io.levee.guard.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The guard's HTTP server. Add routes, start it, close it. {@link #start} and {@link #close} belong to one thread; the rest is
 * thread-safe.
 *
 * <pre>{@code
 * WebServer server = WebServer.with(token -> token.equals(secret) ? new Principal("ci", Role.RELEASE) : null).port(8443).build();
 * server.routes().add("GET", "/hello/{name}", Role.VIEWER, request -> Answer.json(Map.of("hello", request.part("name"))));
 * server.start();
 * }</pre>
 *
 * <p>Beside the rooms' routes it has {@code POST /login}, {@code POST /logout} and {@code GET /api/v1/whoami}. It answers HEAD
 * as GET without the body, OPTIONS unless a route does, 404, 405 with Allow, 413, 415, 429 and 503 with Retry-After, all errors
 * as {@code {"error": "..."}}.
 */
public final class WebServer implements AutoCloseable {
    private final RouteTable routes = new RouteTable();
    private final Server server;
    private final ServerConnector connector;
    private final Dispatcher dispatcher;
    private final String scheme;
    private final String address;

    WebServer(WebServerBuilder settings) {
        QueuedThreadPool pool = new QueuedThreadPool(settings.threads, Math.min(8, settings.threads));
        pool.setName("levee-guard-web");
        server = new Server(pool);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(settings.headerLimit);
        if (settings.forwarded) {
            http.addCustomizer(new ForwardedRequestCustomizer());
        }
        connector = new ServerConnector(server, 1, 1, factories(settings, http));
        connector.setHost(settings.address);
        connector.setPort(settings.port);
        connector.setIdleTimeout(settings.idle.toMillis());
        // How long a quiet connection holds up the stop.
        connector.setShutdownIdleTimeout(200);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(settings.connections, server));
        server.setErrorHandler(new ErrorAnswers());
        server.setStopTimeout(settings.grace.toMillis());

        Access access = new Access(settings.tokens, settings.clock, WebServerBuilder.Rate.ADDRESSES);
        BodyReader bodies = new BodyReader(settings.bodyLimit, settings.bodiesLimit, settings.idle.toNanos());
        dispatcher = new Dispatcher(routes, access, bodies, settings);
        server.setHandler(new GracefulHandler(dispatcher));
        new SessionRoutes(access).addTo(routes);
        scheme = settings.tls == null ? "http" : "https";
        address = settings.address;
    }

    /**
     * Begins the settings of a server.
     *
     * @param tokens whose tokens are good
     * @return the settings
     */
    public static WebServerBuilder with(Tokens tokens) {
        return new WebServerBuilder(tokens);
    }

    private static ConnectionFactory[] factories(WebServerBuilder settings, HttpConfiguration http) {
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        if (settings.tls == null) {
            return new ConnectionFactory[] {plain};
        }
        // No SNI check: tokens, not names, decide who may, and probes come by address.
        http.addCustomizer(new SecureRequestCustomizer(false));
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(settings.tls.context());
        return new ConnectionFactory[] {new SslConnectionFactory(tls, plain.getProtocol()), plain};
    }

    /**
     * Where to add routes, before it starts.
     *
     * @return the routes
     */
    public Routes routes() {
        return routes;
    }

    /**
     * The names of all routes.
     *
     * @return each as in {@code GET /healthz}, in the order in which they were added
     */
    public List<String> routeNames() {
        return routes.names();
    }

    /**
     * Listens.
     *
     * @throws UncheckedIOException if the port is taken or may not be used
     */
    public void start() {
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException("the server cannot start: " + e.getMessage(), e);
        }
    }

    /**
     * Where it listens.
     *
     * @return such as {@code http://127.0.0.1:8080}; on all addresses, with the name localhost
     */
    public URI uri() {
        String host = address.equals("0.0.0.0") || address.equals("::") ? "localhost" : address;
        return URI.create(
                scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + connector.getLocalPort());
    }

    /** Ends streams, lets requests that run end for up to 5 seconds, refuses new ones, and stops. */
    @Override
    public void close() {
        dispatcher.endStreams();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the server cannot stop: " + e.getMessage(), e);
        }
    }
}
