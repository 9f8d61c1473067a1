package io.levee.console;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A page that shows, live, what the Levees of this JVM do: the state of each downstream, rates, and the last decisions with
 * their whole records. Off until started; on the loopback address unless told otherwise; reads and never changes anything.
 *
 * <pre>{@code
 * LeveeConsole console = LeveeConsole.start(8099);   // http://localhost:8099/
 * }</pre>
 *
 * <p>Shows every {@link io.levee.Levee} that was built with this module on the class or module path, before or after the
 * start, except those whose {@code telemetry(...)} names others and not {@link ConsoleTelemetry}. It has no login: who can
 * reach the port can read names of downstreams, operations, rules and exception classes (no messages, no URLs, no
 * headers). Requests whose Host header names none of the console's own names are refused, so that no other web site can
 * have a browser read it.
 *
 * <p>Runs on daemon threads: it does not keep a JVM alive. Thread-safe.
 */
public final class LeveeConsole implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService workers;
    private final Feed feed;
    private final URI uri;

    private LeveeConsole(HttpServer server, ExecutorService workers, Feed feed, URI uri) {
        this.server = server;
        this.workers = workers;
        this.feed = feed;
        this.uri = uri;
    }

    /**
     * Starts a console on the loopback address.
     *
     * @param port 0 to 65535; 0 takes a free one, see {@link #uri()}
     * @return the running console
     * @throws IllegalArgumentException if the port is out of range
     * @throws UncheckedIOException if the port is in use or may not be used
     */
    public static LeveeConsole start(int port) {
        return builder().port(port).start();
    }

    /**
     * Begins to set up a console.
     *
     * @return a builder for a free port of the loopback address
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Where the page is.
     *
     * @return its address, the real port included
     */
    public URI uri() {
        return uri;
    }

    /** Ends the console: open pages are told that it is gone, the port is free. Calling it again does nothing. */
    @Override
    public void close() {
        feed.close();
        server.stop(0);
        workers.shutdownNow();
    }

    /** Sets up a {@link LeveeConsole}. Not thread-safe. */
    public static final class Builder {
        private int port;
        private InetAddress address = InetAddress.getLoopbackAddress();
        private String application = defaultApplication();
        private final Set<String> hosts = new HashSet<>();

        private Builder() {}

        /**
         * Sets the port. Default 0: any free one.
         *
         * @param port 0 to 65535
         * @return this
         * @throws IllegalArgumentException if out of range
         */
        public Builder port(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("the console's port must be 0 (any) to 65535, is " + port);
            }
            this.port = port;
            return this;
        }

        /**
         * Sets the address to listen on. Default: loopback. A danger: there is no login, so everybody who can reach another
         * address can read the page. Needs {@link #allowHost} for each name that it is asked for by.
         *
         * @param address one of this machine's
         * @return this
         */
        public Builder address(InetAddress address) {
            this.address = Objects.requireNonNull(address, "address");
            return this;
        }

        /**
         * Adds a name that the console may be asked for by, besides localhost, 127.0.0.1 and [::1].
         *
         * @param host a host name or address as it stands in a browser's address bar, without a port
         * @return this
         * @throws IllegalArgumentException if it is blank or has a port or a path
         */
        public Builder allowHost(String host) {
            if (host.isBlank() || host.contains("/") || !Gate.withoutPort(host).equals(host)) {
                throw new IllegalArgumentException(
                        "a host name without scheme, port and path is wanted, such as build7.example; got '" + host
                                + "'");
            }
            hosts.add(host.toLowerCase(Locale.ROOT));
            return this;
        }

        /**
         * Sets what the page is headed by. Default: {@code OTEL_SERVICE_NAME} if set, else the main class.
         *
         * @param name what this process is called
         * @return this
         */
        public Builder application(String name) {
            application = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Starts the console.
         *
         * @return the running console
         * @throws UncheckedIOException if the port is in use or may not be used
         */
        public LeveeConsole start() {
            InetSocketAddress at = new InetSocketAddress(address, port);
            HttpServer server;
            try {
                server = HttpServer.create(at, 0);
            } catch (BindException taken) {
                throw new UncheckedIOException(
                        "cannot listen on port " + port + " of " + address.getHostAddress() + " (" + taken.getMessage()
                                + "): give LeveeConsole another port, or 0 for any free one",
                        taken);
            } catch (IOException failed) {
                throw new UncheckedIOException("cannot start the console on " + at, failed);
            }
            ExecutorService workers = Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task, "levee-console-http");
                thread.setDaemon(true);
                return thread;
            });
            Feed feed = new Feed(Board.OF_THIS_JVM);
            server.setExecutor(workers);
            server.createContext("/", new Gate(Set.copyOf(hosts), new Pages(feed, hello(application))));
            feed.start();
            server.start();
            int actual = server.getAddress().getPort();
            String host = address.isLoopbackAddress() || address.isAnyLocalAddress() ? "localhost" : literal(address);
            return new LeveeConsole(server, workers, feed, URI.create("http://" + host + ":" + actual + "/"));
        }

        private static String literal(InetAddress address) {
            String text = address.getHostAddress();
            return text.contains(":") ? "[" + text.replaceFirst("%.*", "") + "]" : text;
        }

        private static Map<String, Object> hello(String application) {
            Map<String, Object> hello = new LinkedHashMap<>();
            hello.put("run", UUID.randomUUID().toString());
            hello.put("application", application);
            hello.put("pid", ProcessHandle.current().pid());
            hello.put("java", Runtime.version().toString());
            hello.put("started", System.currentTimeMillis());
            return hello;
        }

        private static String defaultApplication() {
            String named = System.getenv("OTEL_SERVICE_NAME");
            if (named != null && !named.isBlank()) {
                return named;
            }
            String command = System.getProperty("sun.java.command", "");
            String main = command.isBlank() ? "this JVM" : command.split(" ", 2)[0];
            return main.substring(Math.max(main.lastIndexOf('/'), main.lastIndexOf('.', main.length() - 5)) + 1);
        }
    }
}
