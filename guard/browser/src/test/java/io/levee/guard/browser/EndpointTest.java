package io.levee.guard.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.guard.browser.BrowserSettings.Join;
import io.levee.guard.browser.BrowserSettings.Site;
import io.levee.guard.slo.Counts;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event.Outcome;
import io.levee.guard.store.Ledger;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The address for reports on the guard's real server, in virtual time. */
class EndpointTest {
    private static final String SHOP = "https://shop.example";
    private static final Duration WINDOW = Duration.ofMinutes(2);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-25T10:10:00Z"));
    private Guarded guarded = null;

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        if (guarded != null) {
            guarded.close();
        }
    }

    @Test
    void aViewCountsOnceWhenItEndsOrFails() throws Exception {
        start(UnaryOperator.identity());
        assertThat(report(view(1), 0, 0, 0)).isEqualTo(204);
        assertThat(guarded.counts(Guarded.VIEWS)).isEqualTo(Counts.NONE);
        report(view(1), 1, 0, 1);
        report(view(2), 0, 1, 0);
        report(view(2), 1, 1, 1);
        report(view(2), 1, 1, 1);

        assertThat(guarded.counts(Guarded.VIEWS)).isEqualTo(new Counts(1, 1, 0));
    }

    @Test
    void aFailureInFrontOfAGoodBackendCountsOnceAsBad() throws Exception {
        start(settings -> settings.joining(List.of(new Join("order", "POST /orders", "shop", "checkout")), WINDOW));
        backend(Outcome.GOOD, trace(1));
        path(trace(1), 0);
        path(trace(1), 0);
        later(WINDOW.plusSeconds(1));

        assertThat(guarded.counts(Guarded.CHECKOUT)).isEqualTo(new Counts(0, 1, 0));
        assertThat(guarded.counts("orders")).isEqualTo(new Counts(1, 0, 0));
        assertThat(guarded.traces(Guarded.CHECKOUT)).singleElement().satisfies(each -> {
            assertThat(each.id()).isEqualTo(trace(1));
            assertThat(each.release()).isEqualTo("1.4.2");
            assertThat(each.durationMs()).isEqualTo(321);
        });
    }

    @Test
    void aFailureThatBothSawCountsOnceWhoeverSpeaksFirst() throws Exception {
        start(settings -> settings.joining(List.of(new Join("order", null, "shop", "checkout")), WINDOW));
        backend(Outcome.BAD, trace(1));
        path(trace(1), 0);
        path(trace(2), 0);
        backend(Outcome.BAD, trace(2));
        backend(Outcome.BAD, trace(3));
        later(WINDOW.plusSeconds(1));
        path(trace(3), 0);

        assertThat(guarded.counts(Guarded.CHECKOUT)).isEqualTo(new Counts(0, 3, 0));
        assertThat(guarded.counts("orders")).isEqualTo(new Counts(0, 3, 0));
    }

    @Test
    void theBrowsersWordCountsIfItCameInTime() throws Exception {
        start(settings -> settings.joining(List.of(new Join("order", null, "shop", "checkout")), WINDOW));
        backend(Outcome.BAD, trace(1));
        path(trace(1), 1);
        later(WINDOW.plusSeconds(1));

        assertThat(guarded.counts(Guarded.CHECKOUT)).isEqualTo(new Counts(1, 0, 0));
    }

    @Test
    void aBackendsFailureWithoutAWordCountsWhenTheWindowIsOver() throws Exception {
        start(settings -> settings.joining(List.of(new Join("order", "POST /orders", "shop", "checkout")), WINDOW));
        backend(Outcome.BAD, trace(1));
        later(WINDOW.minusSeconds(1));
        assertThat(guarded.counts(Guarded.CHECKOUT)).isEqualTo(Counts.NONE);
        assertThat(guarded.figures().at("/waitingForBrowsers").asInt()).isEqualTo(1);
        later(Duration.ofSeconds(2));

        assertThat(guarded.counts(Guarded.CHECKOUT)).isEqualTo(new Counts(0, 1, 0));
        assertThat(guarded.figures().at("/waitingForBrowsers").asInt()).isZero();
    }

    @Test
    void aFailureThatWouldBeOneTooManyDoesNotWait() throws Exception {
        start(settings -> settings.joining(List.of(new Join("order", null, "shop", "checkout")), WINDOW));
        List<io.levee.guard.slo.gate.Event> many = new ArrayList<>();
        for (int i = 1; i <= Joiner.MOST_WAITING + 5; i++) {
            many.add(Guarded.backend(Outcome.BAD, trace(i), now.get()));
        }
        guarded.browser.joined().append(many);

        assertThat(guarded.counts(Guarded.CHECKOUT)).isEqualTo(new Counts(0, 5, 0));
    }

    @Test
    void whatIsLostIsEstimatedFromTheNumbersAndWrittenDownByTheHour() throws Exception {
        start(UnaryOperator.identity());
        later(Views.SILENCE.plusSeconds(1));
        report(view(1), 0, 0, 0);
        report(view(1), 3, 0, 1);
        report(view(1), 2, 0, 0);
        report(view(2), 0, 0, 0);
        report(view(3), 1, 0, 1);
        later(Duration.ofMinutes(20));
        JsonNode sofar = guarded.figures().at("/loss");
        assertThat(sofar.at("/views").asInt()).isEqualTo(3);
        assertThat(sofar.at("/silent").asInt()).isEqualTo(1);
        assertThat(sofar.at("/expected").asInt()).isEqualTo(7);
        assertThat(sofar.at("/lost").asInt()).isEqualTo(2);
        later(Duration.ofHours(1));

        assertThat(guarded.counts(Guarded.VIEWS)).as("a silent view is unknown").isEqualTo(new Counts(2, 0, 0));
        assertThat(guarded.store.ledger().read(Ledger.Query.of("browser.loss")))
                .singleElement()
                .satisfies(entry -> assertThat(entry.data().toString())
                        .contains("views=3", "silent=1", "expected=7", "received=5", "lost=2", "lossPercent=28.5714"));
        assertThat(guarded.figures().at("/hours/0/lost").asInt()).isEqualTo(2);
    }

    @Test
    void viewsThatAreOlderThanTheGuardHaveLostNothing() throws Exception {
        start(UnaryOperator.identity());
        report(view(1), 17, 0, 0);
        report(view(1), 18, 0, 1);
        later(Duration.ofMinutes(2));

        assertThat(guarded.figures().at("/loss/expected").asInt()).isEqualTo(2);
        assertThat(guarded.figures().at("/loss/lost").asInt()).isZero();
    }

    @Test
    void onlyListedOriginsMayReport() throws Exception {
        start(UnaryOperator.identity());
        byte[] body = body(view(1), 0, 0, 1);
        var foreign = guarded.send(guarded.report("https://other.example", body));
        var nobody = guarded.send(HttpRequest.newBuilder(guarded.uri().resolve("/browser/v1/report"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
        var ours = guarded.send(guarded.report(SHOP, body));

        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(foreign.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(nobody.statusCode()).isEqualTo(403);
        assertThat(ours.headers().firstValue("Access-Control-Allow-Origin")).contains(SHOP);
        assertThat(guarded.browser.reports()).containsEntry("origin", 2L).containsEntry("counted", 1L);
        assertThat(guarded.counts(Guarded.VIEWS)).isEqualTo(new Counts(1, 0, 0));
    }

    @Test
    void aBrowserThatAsksFirstIsTold() throws Exception {
        start(UnaryOperator.identity());
        var answer = guarded.send(HttpRequest.newBuilder(guarded.uri().resolve("/browser/v1/report"))
                .headers("Origin", SHOP, "Access-Control-Request-Method", "POST")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Headers")).contains("Content-Type");
        assertThat(guarded.send(guarded.report(SHOP, body(view(1), 0, 0, 1))
                                .setHeader("Content-Type", "application/json"))
                        .statusCode())
                .isEqualTo(204);
    }

    @Test
    void junkIsRefusedByNameAndNotRepeated() throws Exception {
        start(UnaryOperator.identity());
        assertThat(refused("{\"view\":\"<script>4711\"}".getBytes(StandardCharsets.UTF_8), 400))
                .doesNotContain("4711");
        assertThat(refused("no json 4711".getBytes(StandardCharsets.UTF_8), 400))
                .doesNotContain("4711");
        assertThat(refused(text(view(1), 0, 0, 1).replace("\"seq\":0", "\"seq\":-1"), 400))
                .contains("seq");
        assertThat(refused(text(view(1), 0, 0, 1).replace("\"page\"", "\"user\""), 400))
                .contains("other than");
        assertThat(refused(text(view(1), 0, 0, 1).replace("/orders/{id}", "/orders?mail=a@b"), 400))
                .contains("page");
        assertThat(refused(new byte[Report.MOST_BYTES + 1], 413)).contains("8192");
        assertThat(guarded.send(guarded.report(SHOP, body(view(1), 0, 0, 1)).setHeader("Content-Type", "image/png"))
                        .statusCode())
                .isEqualTo(415);
        assertThat(guarded.browser.reports())
                .containsEntry("junk", 5L)
                .containsEntry("large", 1L)
                .containsEntry("type", 1L)
                .doesNotContainKey("counted");
        assertThat(guarded.counts(Guarded.VIEWS)).isEqualTo(Counts.NONE);
    }

    @Test
    void thereIsALimitForEachRemoteAndOneForAll() throws Exception {
        start(settings -> settings.limits(2, 1_000));
        List<Integer> answers = new ArrayList<>();
        for (int i = 1; i <= 12; i++) {
            answers.add(report(view(i), 0, 0, 1));
        }
        assertThat(answers).startsWith(204, 204).endsWith(429, 429);
        assertThat(guarded.counts(Guarded.VIEWS).good()).isEqualTo(10);
        now.set(now.get().plusSeconds(1));
        assertThat(report(view(20), 0, 0, 1)).isEqualTo(204);
        guarded.close();

        start(settings -> settings.limits(1_000, 2));
        answers.clear();
        for (int i = 1; i <= 6; i++) {
            answers.add(report(view(i), 0, 0, 1));
        }
        assertThat(answers).containsExactly(204, 204, 204, 204, 429, 429);
        assertThat(guarded.browser.reports()).containsEntry("limited", 2L);
    }

    @Test
    void aNetworkOfIpv6IsOneRemote() {
        assertThat(Endpoint.network("2001:db8:1:2:3:4:5:6")).isEqualTo(Endpoint.network("2001:db8:1:2::1"));
        assertThat(Endpoint.network("2001:db8:1:3::1")).isNotEqualTo(Endpoint.network("2001:db8:1:2::1"));
        assertThat(Endpoint.network("10.1.2.3")).isEqualTo("10.1.2.3");
    }

    @Test
    void settingsSayWhatIsWrongWithThem() {
        assertThatThrownBy(() -> new Site("https://Shop.example/", "shop", Environment.STAGING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("write https://shop.example");
        assertThatThrownBy(() -> new Site("*", "shop", Environment.STAGING)).hasMessageContaining("'*' is no origin");
        assertThat(new Site("http://localhost:8080", "shop", Environment.STAGING).origin())
                .isEqualTo("http://localhost:8080");
        assertThatThrownBy(() -> BrowserSettings.of(List.of()).joining(List.of(), Duration.ofHours(1)))
                .hasMessageContaining("10 min");
        assertThatThrownBy(() -> BrowserSettings.of(List.of()).limits(0, 1)).hasMessageContaining("above 0");
    }

    private void start(UnaryOperator<BrowserSettings> more) {
        guarded = new Guarded(folder, SHOP, now::get, settings -> more.apply(settings.limits(10_000, 10_000)));
    }

    private void later(Duration time) {
        now.set(now.get().plus(time));
        guarded.browser.tick(now.get());
    }

    private void backend(Outcome outcome, String trace) {
        guarded.browser.joined().append(List.of(Guarded.backend(outcome, trace, now.get())));
    }

    private void path(String trace, int ok) throws Exception {
        String body = text(view(99), 0, 0, 0)
                .replace(
                        "\"paths\":[]",
                        "\"paths\":[{\"name\":\"checkout\",\"trace\":\"" + trace + "\",\"ok\":" + ok + ",\"ms\":321}]");
        assertThat(guarded.send(guarded.report(SHOP, body.getBytes(StandardCharsets.UTF_8)))
                        .statusCode())
                .isEqualTo(204);
    }

    private int report(String view, int seq, int bad, int end) throws Exception {
        return guarded.send(guarded.report(SHOP, body(view, seq, bad, end))).statusCode();
    }

    private String refused(String body, int status) throws Exception {
        return refused(body.getBytes(StandardCharsets.UTF_8), status);
    }

    private String refused(byte[] body, int status) throws Exception {
        var answer = guarded.send(guarded.report(SHOP, body));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body();
    }

    private static byte[] body(String view, int seq, int bad, int end) {
        return text(view, seq, bad, end).getBytes(StandardCharsets.UTF_8);
    }

    static String text(String view, int seq, int bad, int end) {
        return "{\"view\":\"" + view + "\",\"seq\":" + seq + ",\"release\":\"1.4.2\",\"page\":\"/orders/{id}\",\"bad\":"
                + bad + ",\"trace\":null,\"errors\":[],\"paths\":[]" + (end == 1 ? ",\"end\":1}" : "}");
    }

    static String view(int number) {
        return String.format("%032x", number);
    }

    private static String trace(int number) {
        return String.format("ab%030x", number);
    }
}
