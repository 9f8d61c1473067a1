package io.levee.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.http.LeveeHttpClient;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both ends of the wire, and a wire that breaks: nothing is lost, nothing done twice. */
class EndToEndTest {
    private static final int PAYMENTS = 200;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(
            value = TestServer.class,
            names = {"JDK", "JETTY_ASYNC"})
    void keyedPostsOverABreakingWireAreDoneOnce(TestServer kind) throws Exception {
        Map<String, AtomicInteger> done = new ConcurrentHashMap<>();
        App app = request -> {
            String payment = new String(request.body(), StandardCharsets.UTF_8);
            done.computeIfAbsent(payment, any -> new AtomicInteger()).incrementAndGet();
            return StoredResponse.of(201, "text/plain", "paid " + payment);
        };
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try (Idempotency idempotency = Idempotency.on(JdbcStore.sqlite(directory.resolve("records.db")))
                        .required()
                        .build();
                TestServer.Running server = kind.start(idempotency, app);
                BreakingWire wire = new BreakingWire(server.uri().getPort());
                Levee levee = Levee.named("payments")
                        .retry(RetryPolicy.exponential(Duration.ofMillis(20))
                                .cap(Duration.ofMillis(200))
                                .attempts(30))
                        .deadline(Duration.ofMinutes(2))
                        .noRetryBudget()
                        .build()) {
            HttpClient client = LeveeHttpClient.builder(
                            HttpClient.newBuilder()
                                    .version(HttpClient.Version.HTTP_1_1)
                                    .build(),
                            levee)
                    .idempotencyKeys(true)
                    .build();
            List<Callable<HttpResponse<String>>> payments = new ArrayList<>();
            for (int i = 0; i < PAYMENTS; i++) {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + wire.port() + "/pay"))
                        .POST(BodyPublishers.ofString("payment-" + i))
                        .build();
                payments.add(() -> client.send(request, BodyHandlers.ofString()));
            }
            List<Future<HttpResponse<String>>> answers = threads.invokeAll(payments);
            for (int i = 0; i < PAYMENTS; i++) {
                assertThat(answers.get(i).get().statusCode()).isEqualTo(201);
                assertThat(answers.get(i).get().body()).isEqualTo("paid payment-" + i);
            }
            assertThat(done).hasSize(PAYMENTS);
            assertThat(done.values()).allSatisfy(times -> assertThat(times).hasValue(1));
            assertThat(wire.broken()).as("connections broken").isGreaterThan(PAYMENTS / 4);
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * Hands requests on, and resets the connection instead of two answers of three, or in the middle of them. An answer
     * counts once, in however many pieces it comes: else one that comes in two, while no others do, would never get through.
     */
    private static final class BreakingWire implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 200, Inet4Address.getByName("127.0.0.1"));
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final AtomicInteger answers = new AtomicInteger();
        private final AtomicInteger broken = new AtomicInteger();
        private final int target;

        BreakingWire(int target) throws IOException {
            this.target = target;
            threads.execute(() -> {
                while (!listener.isClosed()) {
                    try {
                        Socket client = listener.accept();
                        threads.execute(() -> serve(client));
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
        }

        int port() {
            return listener.getLocalPort();
        }

        int broken() {
            return broken.get();
        }

        private void serve(Socket client) {
            try (client;
                    Socket server = new Socket("127.0.0.1", target)) {
                byte[] buffer = new byte[1 << 16];
                AtomicBoolean asked = new AtomicBoolean();
                threads.execute(() -> {
                    byte[] bytes = new byte[1 << 16];
                    try {
                        for (int n = client.getInputStream().read(bytes);
                                n >= 0;
                                n = client.getInputStream().read(bytes)) {
                            asked.set(true);
                            server.getOutputStream().write(bytes, 0, n);
                        }
                    } catch (IOException gone) {
                        // The other direction ends the connection.
                    }
                });
                for (int n = server.getInputStream().read(buffer);
                        n >= 0;
                        n = server.getInputStream().read(buffer)) {
                    int number = asked.getAndSet(false) ? answers.getAndIncrement() : 0;
                    if (number % 3 != 0) {
                        broken.incrementAndGet();
                        if (number % 3 == 1) {
                            client.getOutputStream().write(buffer, 0, n / 2);
                        }
                        client.setOption(StandardSocketOptions.SO_LINGER, 0);
                        return;
                    }
                    client.getOutputStream().write(buffer, 0, n);
                }
            } catch (IOException gone) {
                // That is what it is here for.
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
            threads.shutdownNow();
        }
    }
}
