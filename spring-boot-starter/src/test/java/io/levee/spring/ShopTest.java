package io.levee.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Levee;
import io.levee.LeveeState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ConfigurableApplicationContext;

/** A whole application with its own server, calling a real downstream; on each Boot that is supported. */
class ShopTest {
    private static final String POLICY = """
            version: 1
            downstreams:
              inventory:
                retry: {backoff: fixed, base: 1ms, jitter: none, attempts: 3}
                deadline: 30s
                attemptTimeout: none
                breaker: {consecutiveFailures: 50, openFor: 30s}
              prices:
                retry: none
            """;

    @TempDir
    private static Path folder;

    private static Inventory inventory;
    private static ConfigurableApplicationContext shop;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void startShop() throws Exception {
        Files.writeString(folder.resolve("levee.yaml"), POLICY);
        inventory = new Inventory();
        shop = start();
    }

    @AfterAll
    static void stopShop() {
        shop.close();
        inventory.close();
    }

    @BeforeEach
    void forget() {
        inventory.asked.clear();
    }

    private static ConfigurableApplicationContext start(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--inventory=" + inventory.address(),
                "--records=" + folder.resolve("records.db"),
                "--levee.policy=file:" + folder.resolve("levee.yaml"),
                "--management.endpoints.web.exposure.include=*",
                "--spring.main.banner-mode=off"));
        arguments.addAll(List.of(more));
        return SpringApplication.run(Shop.class, arguments.toArray(String[]::new));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder to(ConfigurableApplicationContext context, String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path));
    }

    @Test
    void runsOnTheBootThatTheBuildSays() {
        assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("levee.boot"));
    }

    @Test
    void aGetIsTriedAgainAndAPostThatMayHaveBeenProcessedIsNot() throws Exception {
        assertThat(send(to(shop, "/stock")).body()).isEqualTo("17");
        assertThat(send(to(shop, "/orders").POST(HttpRequest.BodyPublishers.ofString("one")))
                        .body())
                .isEqualTo("503 busy");

        assertThat(inventory.asked)
                .extracting(Inventory.Asked::request)
                .containsExactly("GET /stock", "GET /stock", "POST /orders");
        assertThat(inventory.asked.get(2).body()).isEqualTo("one");
    }

    @Test
    void theCallersDeadlineHoldsForWhatTheServiceAsksItself() throws Exception {
        send(to(shop, "/stock").header("Levee-Timeout-Ms", "20000"));

        assertThat(inventory.asked)
                .isNotEmpty()
                .allSatisfy(asked -> assertThat(Integer.parseInt(asked.header("Levee-timeout-ms")))
                        .isBetween(1, 20_000));
    }

    @Test
    void withoutScopesTheServicesOwnDeadlineIsLeft() throws Exception {
        try (ConfigurableApplicationContext other = start("--levee.server.enabled=false")) {
            send(to(other, "/stock").header("Levee-Timeout-Ms", "20000"));
        }

        assertThat(inventory.asked)
                .isNotEmpty()
                .allSatisfy(asked -> assertThat(Integer.parseInt(asked.header("Levee-timeout-ms")))
                        .isGreaterThan(20_000));
    }

    @Test
    void aRequestThatComesAgainWithItsKeyIsAnsweredAndNotDoneAgain() throws Exception {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            answers.add(send(to(shop, "/orders")
                            .header("Idempotency-Key", "\"4711\"")
                            .POST(HttpRequest.BodyPublishers.ofString("keyed")))
                    .body());
        }

        assertThat(answers).containsOnly(answers.get(0));
        assertThat(inventory.asked).extracting(Inventory.Asked::body).containsExactly("keyed");
    }

    @Test
    void theEndpointShowsEachDownstream() throws Exception {
        send(to(shop, "/stock"));

        String all = send(to(shop, "/actuator/levee")).body();
        String one = send(to(shop, "/actuator/levee/inventory")).body();

        assertThat(all).contains("\"inventory\":{", "\"prices\":{");
        assertThat(one).startsWith("{\"downstream\":\"inventory\"").contains("\"breaker\":{", "\"CLOSED\"");
        assertThat(send(to(shop, "/actuator/levee/nobody")).statusCode()).isEqualTo(404);
    }

    @Test
    void retriesAreCountedAmongTheApplicationsMetrics() throws Exception {
        send(to(shop, "/stock"));

        HttpResponse<String> retries = send(to(shop, "/actuator/metrics/retry.count?tag=upstream:inventory"));

        assertThat(retries.statusCode()).as(retries.body()).isEqualTo(200);
        assertThat(retries.body()).contains("\"statistic\":\"COUNT\"");
    }

    @Test
    void closingTheApplicationClosesItsLevees() {
        Levee levee;
        try (ConfigurableApplicationContext other = start()) {
            levee = other.getBean(Levees.class).get("inventory");
        }

        assertThat(levee.state()).extracting(LeveeState::closed).isEqualTo(true);
    }
}
