package io.levee.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.http.LeveeHttpClient;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/** Real services on loopback, each of which calls the next one under a Levee of its own with three attempts. */
final class Services implements AutoCloseable {
    private final List<AutoCloseable> open = new ArrayList<>();

    /** What a service knows of its caller. */
    enum Hops {
        /** Nothing: no filter. */
        NONE,
        /** The attempt's number; its own word on retries gets lost on the way. */
        ATTEMPT_ONLY,
        BOTH
    }

    /** One service: where it is, and how often it was asked. */
    record Service(URI uri, AtomicInteger requests) {}

    Levee levee(String name) {
        Levee levee = Levee.named(name)
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).attempts(3))
                .noRetryBudget()
                .deadline(Duration.ofMinutes(1))
                .attemptTimeout(Duration.ofSeconds(30))
                .build();
        open.add(levee);
        return levee;
    }

    /** A client with three attempts. */
    HttpClient client(String downstream) {
        return LeveeHttpClient.wrap(
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), levee(downstream));
    }

    /** The bottom: answers 503, or closes the connection without an answer. */
    Service down(boolean answers) throws IOException {
        AtomicInteger requests = new AtomicInteger();
        return jdk(requests, exchange -> {
            requests.incrementAndGet();
            if (answers) {
                exchange.sendResponseHeaders(503, -1);
            }
            exchange.close();
        });
    }

    /** A service on the JDK's server: asks the next one, and answers 200 or 502. */
    Service jdk(Hops hops, Service next) throws IOException {
        AtomicInteger requests = new AtomicInteger();
        HttpClient client = client("next");
        HttpHandler handler = exchange -> {
            requests.incrementAndGet();
            int status = ask(client, next.uri());
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        };
        return jdk(requests, wrapped(hops, handler));
    }

    private static HttpHandler wrapped(Hops hops, HttpHandler handler) {
        return switch (hops) {
            case NONE -> handler;
            case BOTH -> ScopeHandler.wrap(handler);
            case ATTEMPT_ONLY ->
                exchange -> ScopeHandler.wrap(inner -> handler.handle(new Stripped(inner, exchange)))
                        .handle(exchange);
        };
    }

    /** As behind a proxy that drops headers that it does not know: the answer goes out without Levee's word. */
    private static final class Stripped extends io.levee.http.shared.ForwardingExchange {
        private final HttpExchange outer;

        Stripped(HttpExchange inner, HttpExchange outer) {
            super(inner);
            this.outer = outer;
        }

        @Override
        public void sendResponseHeaders(int code, long length) throws IOException {
            outer.sendResponseHeaders(code, length);
        }
    }

    private Service jdk(AtomicInteger requests, HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", handler);
        server.start();
        open.add(() -> {
            server.stop(0);
            threads.shutdownNow();
        });
        return new Service(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"), requests);
    }

    /** A service on Jetty: asks the next one, and answers 200 or 502. */
    Service jetty(Hops hops, Service next) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        HttpClient client = client("next");
        return servlet(hops == Hops.NONE ? null : new ScopeFilter(), requests, new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void service(HttpServletRequest in, HttpServletResponse out) throws IOException {
                requests.incrementAndGet();
                out.setStatus(ask(client, next.uri()));
            }
        });
    }

    Service servlet(@Nullable ScopeFilter filter, AtomicInteger requests, HttpServlet servlet) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/*");
        if (filter != null) {
            context.addServletContainerInitializer((classes, target) -> filter.addTo(target, "/*"));
        }
        server.setHandler(context);
        server.start();
        open.add(server::stop);
        return new Service(URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/"), requests);
    }

    /** Asks a service; whatever goes wrong is a 502 for who asked us, as in a gateway. */
    static int ask(HttpClient client, URI uri) {
        try {
            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            return response.statusCode() == 200 ? 200 : 502;
        } catch (IOException failed) {
            return 502;
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            return 503;
        }
    }

    @Override
    public void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }
}
