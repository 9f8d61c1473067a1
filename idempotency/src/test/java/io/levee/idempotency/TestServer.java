package io.levee.idempotency;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Real servers with the same application. */
enum TestServer {
    JDK {
        @Override
        Running start(Idempotency idempotency, App app) throws IOException {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            ExecutorService threads = Executors.newCachedThreadPool();
            server.setExecutor(threads);
            server.createContext("/", IdempotencyHandler.wrap(idempotency, exchange -> handle(app, exchange)));
            server.start();
            return new Running(
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"), () -> {
                        server.stop(0);
                        threads.shutdownNow();
                    });
        }

        private static void handle(App app, HttpExchange exchange) throws IOException {
            StoredResponse answer = app.handle(new App.Request() {
                @Override
                public byte[] body() throws IOException {
                    return exchange.getRequestBody().readAllBytes();
                }

                @Override
                public KeyedWork work() {
                    return IdempotencyHandler.work(exchange);
                }
            });
            answer.headers().forEach(h -> exchange.getResponseHeaders().add(h.name(), h.value()));
            byte[] body = answer.body();
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
            exchange.close();
        }
    },

    JETTY {
        @Override
        void serve(App app, HttpServletRequest in, HttpServletResponse out) throws IOException {
            write(app.handle(request(in)), out);
        }
    },

    /** The servlet hands over to a thread of its own, which completes. */
    JETTY_ASYNC {
        @Override
        void serve(App app, HttpServletRequest in, HttpServletResponse out) {
            AsyncContext async = in.startAsync();
            async.start(() -> {
                try {
                    write(app.handle(request(in)), (HttpServletResponse) async.getResponse());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } finally {
                    async.complete();
                }
            });
        }
    },

    /** The thread dispatches back to the servlet, which then answers. */
    JETTY_DISPATCH {
        @Override
        void serve(App app, HttpServletRequest in, HttpServletResponse out) throws IOException {
            if (in.getAttribute("answer") instanceof StoredResponse answer) {
                write(answer, out);
                return;
            }
            AsyncContext async = in.startAsync();
            async.start(() -> {
                try {
                    in.setAttribute("answer", app.handle(request(in)));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } finally {
                    async.dispatch();
                }
            });
        }
    };

    /** A server that runs. */
    record Running(URI uri, ThrowingRunnable stop) implements AutoCloseable {
        @Override
        public void close() throws Exception {
            stop.run();
        }
    }

    interface ThrowingRunnable {
        void run() throws Exception;
    }

    boolean isServlet() {
        return this != JDK;
    }

    Running start(Idempotency idempotency, App app) throws Exception {
        return jetty(idempotency, new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void service(HttpServletRequest in, HttpServletResponse out) throws IOException {
                serve(app, in, out);
            }
        });
    }

    void serve(App app, HttpServletRequest in, HttpServletResponse out) throws IOException {
        throw new UnsupportedOperationException();
    }

    static Running jetty(Idempotency idempotency, HttpServlet servlet) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        connector.setAcceptQueueSize(256);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/*");
        context.addServletContainerInitializer(
                (classes, servletContext) -> new IdempotencyFilter(idempotency).addTo(servletContext, "/*"));
        server.setHandler(context);
        server.start();
        return new Running(URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/"), server::stop);
    }

    static App.Request request(HttpServletRequest in) {
        return new App.Request() {
            @Override
            public byte[] body() throws IOException {
                return in.getInputStream().readAllBytes();
            }

            @Override
            public KeyedWork work() {
                return IdempotencyFilter.work(in);
            }
        };
    }

    static void write(StoredResponse answer, HttpServletResponse out) throws IOException {
        out.setStatus(answer.status());
        answer.headers().forEach(h -> out.addHeader(h.name(), h.value()));
        out.getOutputStream().write(answer.body());
        out.getOutputStream().close();
    }
}
