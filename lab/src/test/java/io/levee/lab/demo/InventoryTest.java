package io.levee.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.levee.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On real sockets. A phase is chosen by when the stage is said to have started, and lasts for the whole test. */
class InventoryTest {
    private static final long HOUR = 3_600_000_000_000L;
    private static final Script SCRIPT = Script.lasting(29 * HOUR);

    private final Stage stage = new Stage(TimeSource.system(), SCRIPT);
    private final Timeline attempts = new Timeline(29 * HOUR);
    private final HttpClient client = HttpClient.newHttpClient();
    private Inventory inventory;

    @BeforeEach
    void start() throws IOException {
        inventory = Inventory.start(stage, attempts, 1);
    }

    @AfterEach
    void stop() {
        inventory.close();
    }

    private void play(Fault fault) {
        Script.Phase phase = SCRIPT.phases().stream()
                .filter(each -> each.fault() == fault)
                .findFirst()
                .orElseThrow();
        stage.start(stage.time().nanoTime() - phase.fromNanos());
    }

    private HttpRequest request() {
        URI uri = inventory.stockUri("4711");
        return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build();
    }

    private HttpResponse<String> ask() throws IOException, InterruptedException {
        return client.send(request(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void healthyAnswersWithStock() throws Exception {
        play(Fault.NONE);

        HttpResponse<String> answer = ask();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"quantity\":7}");
        assertThat(attempts.total()).isEqualTo(1);
    }

    @Test
    void warmUpIsNotCounted() throws Exception {
        assertThat(ask().statusCode()).isEqualTo(200);

        assertThat(attempts.total()).isZero();
    }

    @Test
    void downAnswers503AtTheDoor() throws Exception {
        play(Fault.DOWN);

        assertThat(ask().statusCode()).isEqualTo(503);
        assertThat(attempts.total()).isEqualTo(1);
    }

    @Test
    void nearlyHalfFailWhileThereAreErrors() throws Exception {
        play(Fault.ERRORS);
        int asked = 100;
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < asked; i++) {
            answers.add(client.sendAsync(request(), HttpResponse.BodyHandlers.discarding())
                    .thenApply(HttpResponse::statusCode));
        }

        long failed = answers.stream()
                .map(CompletableFuture::join)
                .filter(status -> status == 503)
                .count();

        // 47 expected, deviation 5; six of those either way.
        assertThat(failed).isBetween(17L, 77L);
    }

    @Test
    void aFullQueueIsAnswered429() {
        play(Fault.SLOW);
        int offered = Inventory.QUEUE + Inventory.WORKERS + 20;
        List<CompletableFuture<Integer>> refused = new ArrayList<>();
        for (int i = 0; i < offered; i++) {
            refused.add(client.sendAsync(request(), HttpResponse.BodyHandlers.discarding())
                    .thenApply(HttpResponse::statusCode)
                    .exceptionally(closed -> -1));
        }

        await().atMost(Duration.ofSeconds(30))
                .until(() -> refused.stream().anyMatch(answer -> answer.getNow(0) == 429));
    }

    @Test
    void worksOnForACallerThatHasLeft() {
        play(Fault.SLOW);
        int asked = 2 * Inventory.WORKERS;
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < asked; i++) {
            calls.add(client.sendAsync(request(), HttpResponse.BodyHandlers.discarding()));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> attempts.total() == asked);

        calls.forEach(call -> call.cancel(true));

        await().atMost(Duration.ofSeconds(30)).until(() -> inventory.workedOn() == asked);
    }

    @Test
    void canBeClosedInMidWork() {
        play(Fault.SLOW);
        for (int i = 0; i < 10; i++) {
            CompletableFuture<?> unused = client.sendAsync(request(), HttpResponse.BodyHandlers.discarding());
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> attempts.total() == 10);

        inventory.close();

        await().atMost(Duration.ofSeconds(30))
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith(Threads.PREFIX + "inventory")));
    }
}
