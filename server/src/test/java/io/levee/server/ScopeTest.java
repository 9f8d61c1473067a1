package io.levee.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.levee.Scope;
import io.levee.http.shared.HopHeaders;
import io.levee.server.Services.Service;
import jakarta.servlet.AsyncContext;
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
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the work behind filter and handler knows of its caller. */
class ScopeTest {
    private final Services services = new Services();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** What the servers' handlers found, in their order. */
    private final LinkedBlockingQueue<Seen> seen = new LinkedBlockingQueue<>();

    private final AtomicInteger requests = new AtomicInteger();

    /** The scope round a handler. */
    private record Seen(Scope scope, long leftNanos) {}

    private enum Kind {
        JDK,
        JETTY,
        /** On a thread of the application's own. */
        JETTY_ASYNC
    }

    @AfterEach
    void close() throws Exception {
        services.close();
    }

    private void look() {
        Scope scope = Scope.current();
        requests.incrementAndGet();
        seen.add(new Seen(scope, scope.remainingNanos()));
    }

    private URI start(Kind kind) throws Exception {
        if (kind == Kind.JDK) {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", ScopeHandler.wrap(exchange -> {
                look();
                exchange.sendResponseHeaders(204, -1);
                exchange.close();
            }));
            server.start();
            closing(() -> server.stop(0));
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        }
        return services.servlet(new ScopeFilter(), requests, new HttpServlet() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected void service(HttpServletRequest in, HttpServletResponse out) {
                        if (kind == Kind.JETTY) {
                            look();
                            out.setStatus(204);
                            return;
                        }
                        AsyncContext async = in.startAsync();
                        async.start(ScopeFilter.scope(in).wrap(() -> {
                            look();
                            ((HttpServletResponse) async.getResponse()).setStatus(204);
                            async.complete();
                        }));
                    }
                })
                .uri();
    }

    private final List<Runnable> ends = new ArrayList<>();

    private void closing(Runnable end) {
        ends.add(end);
    }

    @AfterEach
    void end() {
        ends.forEach(Runnable::run);
    }

    private HttpResponse<String> get(URI uri, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private Seen seen() throws InterruptedException {
        Seen found = seen.poll(30, TimeUnit.SECONDS);
        assertThat(found).isNotNull();
        return found;
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theCallersDeadlineAndAttemptHoldInside(Kind kind) throws Exception {
        URI uri = start(kind);

        get(uri, "Levee-Timeout-Ms", "60000", "Levee-Attempt", "2");
        Seen told = seen();
        assertThat(told.leftNanos()).isBetween(1L, TimeUnit.MINUTES.toNanos(1));
        assertThat(told.scope().servedAttempt()).isEqualTo(2);

        get(uri);
        Seen untold = seen();
        assertThat(untold.leftNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(untold.scope().servedAttempt()).isZero();

        get(uri, "Levee-Timeout-Ms", "soon", "Levee-Attempt", "-1", "grpc-timeout", "1H");
        Seen grpc = seen();
        assertThat(grpc.leftNanos()).isBetween(TimeUnit.MINUTES.toNanos(30), TimeUnit.HOURS.toNanos(1));
        assertThat(grpc.scope().servedAttempt()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aRequestWhoseTimeIsUpIsNotServed(Kind kind) throws Exception {
        URI uri = start(kind);
        HttpResponse<String> late = get(uri, "Levee-Timeout-Ms", "0");
        assertThat(late.statusCode()).isEqualTo(504);
        assertThat(late.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
        assertThat(requests).hasValue(0);
    }

    @Test
    void theLowestOfAllDeadlinesHolds() {
        ServerScopes scopes = ServerScopes.standard().longest(Duration.ofSeconds(50));
        assertThat(left(scopes, Map.of("Levee-Timeout-Ms", List.of("60000", "40000"))))
                .isBetween(1L, 40L);
        assertThat(left(scopes, Map.of("grpc-timeout", List.of("30S")))).isBetween(1L, 30L);
        assertThat(left(scopes, Map.of("grpc-timeout", List.of("99999999H")))).isBetween(1L, 50L);
        assertThat(left(scopes, Map.of())).isBetween(1L, 50L);
        assertThat(left(ServerScopes.standard().deadlineHeader("T"), Map.of("T", List.of("20000"))))
                .isBetween(1L, 20L);
    }

    private static long left(ServerScopes scopes, Map<String, List<String>> headers) {
        long millis = TimeUnit.NANOSECONDS.toMillis(
                scopes.scope(name -> headers.getOrDefault(name, List.of())).remainingNanos());
        return (millis + 999) / 1000;
    }

    /** No Levee-Should-Retry where nothing was retried, or all is well. */
    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"JDK", "JETTY"})
    void onlyWhatWasRetriedInVainForbidsRetries(Kind kind) throws Exception {
        Service down = services.down(true);
        Service asks =
                kind == Kind.JDK ? services.jdk(Services.Hops.BOTH, down) : services.jetty(Services.Hops.BOTH, down);
        assertThat(get(asks.uri()).headers().firstValue(HopHeaders.SHOULD_RETRY))
                .hasValue("false");
        assertThat(down.requests()).hasValue(3);

        HttpResponse<String> retry = get(asks.uri(), "Levee-Attempt", "1");
        assertThat(retry.headers().firstValue(HopHeaders.SHOULD_RETRY)).isEmpty();
        assertThat(down.requests()).as("a retry is made once").hasValue(4);
        assertThat(get(start(kind)).headers().firstValue(HopHeaders.SHOULD_RETRY))
                .isEmpty();
    }

    /** The container's timeout stands for everything that it tells by its listeners. */
    @Test
    void whatTheContainerGivesUpIsCancelled() throws Exception {
        URI uri = services.servlet(new ScopeFilter(), requests, new HttpServlet() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected void service(HttpServletRequest in, HttpServletResponse out) {
                        AsyncContext async = in.startAsync();
                        async.setTimeout(50);
                        look();
                    }
                })
                .uri();
        assertThat(get(uri).statusCode()).isEqualTo(500);
        Seen given = seen();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> given.scope().isCancelled());
    }

    @Test
    void aHandlerThatThrowsCancelsWhatItHasStarted() throws Exception {
        URI uri = services.servlet(new ScopeFilter(), requests, new HttpServlet() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected void service(HttpServletRequest in, HttpServletResponse out) throws IOException {
                        look();
                        throw new IOException("broken");
                    }
                })
                .uri();
        assertThat(get(uri).statusCode()).isEqualTo(500);
        assertThat(seen().scope().isCancelled()).isTrue();
    }
}
