package io.levee.guard.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.Counts;
import io.levee.servers.Chromium;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The script in a real browser, on a site with a strict policy, reporting to a guard on another port. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {
    private static final URI NOWHERE = URI.create("about:blank");
    /** For a machine that is ten times slower than a quiet one. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Chromium browser;
    private Chromium page;
    private Shop shop;
    private Shop other;
    private Guarded guard;

    @BeforeAll
    void open() throws Exception {
        browser = Chromium.start();
    }

    @AfterAll
    void close() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        shop = new Shop();
        other = new Shop();
        guard = new Guarded(folder, shop.origin(), InstantSource.system(), UnaryOperator.identity());
        shop.pages(script(""), List.of(guard.origin(), other.origin()));
        page = browser.tab();
    }

    @AfterEach
    void stop() throws Exception {
        page.close();
        shop.close();
        other.close();
        guard.close();
    }

    @Test
    void aViewWithoutFailuresIsGoodOnceItIsLeft() throws Exception {
        load("/orders/4711/items");
        leave();

        views(new Counts(1, 0, 0));
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void errorsRejectionsAndFailedFetchesMakeAViewBadOnce() throws Exception {
        load("/orders/4711/items");
        page.evaluate("act.error()");
        page.evaluate("act.reject()");
        assertThat(page.evaluate("act.quiet('/api/500')").asString()).isEqualTo("GET null ");
        assertThat(page.evaluate("act.quiet('/drop')").asString()).isEqualTo("TypeError");
        failures(4);
        leave();

        views(new Counts(0, 1, 0));
        assertThat(seen("kind", "name", "file", "page", "release"))
                .containsExactlyInAnyOrder(
                        "error TypeError app.js /orders/{id}/items 1.4.2",
                        "rejection RangeError app.js /orders/{id}/items 1.4.2",
                        "fetch Http500 null /orders/{id}/items 1.4.2",
                        "fetch TypeError null /orders/{id}/items 1.4.2");
        assertThat(guard.figures().toString()).doesNotContain("4711");
        assertThat(guard.traces(Guarded.VIEWS))
                .singleElement()
                .satisfies(
                        trace -> assertThat(trace.id()).isEqualTo(shop.traces().get(0)));
    }

    @Test
    void whatIsNotThePagesOwnIsNotCounted() throws Exception {
        shop.pages(
                script("") + "<script defer src=" + other.origin() + "/foreign.js></script>",
                List.of(guard.origin(), other.origin()));
        load("/");
        page.evaluate(
                "dispatchEvent(new ErrorEvent('error', {filename: 'chrome-extension://abc/inpage.js', error: new TypeError('no wallet')}))");
        page.evaluate("void Promise.reject(new Error('no wallet'))\n//# sourceURL=chrome-extension://abc/inpage.js");
        page.evaluate("void Promise.reject('no stack')");
        assertThat(page.evaluate("act.abort()").asString()).isEqualTo("AbortError");
        page.evaluate("act.quiet('/api/404')");
        page.evaluate("act.quiet('" + other.origin() + "/api/500')");
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(page.complaints().toString()).contains("foreign", "no wallet", "no stack"));
        leave();

        views(new Counts(1, 0, 0));
        assertThat(guard.figures().at("/failures")).isEmpty();
    }

    @Test
    void aListedOriginIsWatchedButGetsNoTraceparent() throws Exception {
        shop.pages(
                script("data-origins='https://x.example " + other.origin() + "'"),
                List.of(guard.origin(), other.origin()));
        load("/");
        page.evaluate("act.quiet('" + other.origin() + "/api/503')");
        leave();

        views(new Counts(0, 1, 0));
        assertThat(other.seen())
                .singleElement()
                .satisfies(seen -> assertThat(seen.traceparent()).isNull());
    }

    @Test
    void aFailureInFrontOfAGoodAnswerIsBadAndHasTheBackendsTrace() throws Exception {
        load("/cart");
        String id = page.evaluate("act.checkout('fail')").asString();
        page.evaluate("act.checkout('ok')");
        leave();

        journeys(new Counts(1, 1, 0));
        assertThat(shop.traces()).hasSize(2).first().isEqualTo(id);
        assertThat(guard.traces(Guarded.CHECKOUT)).singleElement().satisfies(trace -> {
            assertThat(trace.id()).isEqualTo(id);
            assertThat(trace.release()).isEqualTo("1.4.2");
            assertThat(trace.durationMs()).isNotNull();
        });
    }

    @Test
    void aPathThatNeverEndedIsUnknownUnlessSomethingFailedInIt() throws Exception {
        load("/cart");
        page.evaluate("act.checkout()");
        leave();
        views(new Counts(1, 0, 0));
        assertThat(guard.counts(Guarded.CHECKOUT)).isEqualTo(Counts.NONE);

        load("/cart");
        page.evaluate("act.checkout()");
        page.evaluate("act.error()");
        failures(1);
        leave();
        journeys(new Counts(0, 1, 0));

        load("/cart");
        page.evaluate("act.checkout()");
        page.evaluate("act.quiet('/api/500').then(() => act.path.ok())");
        assertThat(page.evaluate("performance.getEntriesByType('measure').map(m => m.name).join()")
                        .asString())
                .isEqualTo("levee:checkout");
        leave();
        journeys(new Counts(1, 1, 0));
    }

    @Test
    void fetchPassesEverythingThrough() throws Exception {
        load("/cart?mail=a@b.example");
        JsonNode answers = page.evaluate("act.through()");

        assertThat(answers)
                .extracting(JsonNode::asString)
                .containsExactly("PUT kept a body", "GET kept ", "GET null ", "TypeError", "POST null blob");
        assertThat(page.evaluate("act.streamed()").asInt()).isEqualTo(200_000);
        assertThat(shop.seen().get(0).referrer()).isEqualTo(shop.origin() + "/");
        assertThat(shop.traces()).hasSize(4).doesNotContain("").doesNotHaveDuplicates();
        assertThat(shop.seen().get(2).traceparent()).isEqualTo("00-" + "ab".repeat(16) + "-" + "cd".repeat(8) + "-01");
        assertThat(shop.seen().get(0).traceparent()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]");
    }

    @Test
    void tracesOnlyWhereItIsToldTo() throws Exception {
        shop.pages(script("data-trace=/api/orders data-sample=1"), List.of(guard.origin()));
        load("/");
        page.evaluate("act.quiet('/api/echo')");
        page.evaluate("act.quiet('/api/orders')");

        assertThat(shop.traces().get(0)).isEmpty();
        assertThat(shop.seen().get(1).traceparent()).endsWith("-01");
    }

    @Test
    void offlineNothingCountsAndWhatFailedBeforeIsReportedLater() throws Exception {
        load("/");
        page.send("Network.enable", Map.of());
        page.send("Network.emulateNetworkConditions", Shop.offline(true));
        page.await("!navigator.onLine");
        page.evaluate("act.error()");
        assertThat(page.evaluate("act.quiet('/api/echo')").asString()).isEqualTo("TypeError");
        page.evaluate("dispatchEvent(new Event('online'))");
        assertThat(guard.counts(Guarded.VIEWS)).isEqualTo(Counts.NONE);
        page.send("Network.emulateNetworkConditions", Shop.offline(false));

        failures(1);
        views(new Counts(0, 1, 0));
        assertThat(seen("kind", "name")).containsExactly("error TypeError");
    }

    @Test
    void aPageThatIsClosedReports() throws Exception {
        try (Chromium closed = browser.tab()) {
            closed.open(shop.page("/"));
            closed.await("window.ready && window.levee");
            closed.evaluate("act.checkout('ok')");
        }

        views(new Counts(1, 0, 0));
        journeys(new Counts(1, 0, 0));
    }

    @Test
    void aPageThatComesBackFromTheCacheIsAnotherView() throws Exception {
        load("/first");
        page.evaluate("addEventListener('pageshow', e => { window.back = e.persisted; })");
        String before = page.evaluate("performance.timeOrigin").asString();
        page.open(other.page("/second"));
        views(new Counts(1, 0, 0));
        page.evaluate("history.back()");
        page.await("window.back");
        assertThat(page.evaluate("performance.timeOrigin").asString()).isEqualTo(before);
        page.evaluate("act.error()");
        leave();

        views(new Counts(1, 1, 0));
    }

    @Test
    void loadedTwiceItCountsOnce() throws Exception {
        shop.pages(script("") + script(""), List.of(guard.origin()));
        load("/");
        page.evaluate("act.quiet('/api/500')");
        leave();

        views(new Counts(0, 1, 0));
        assertThat(seen("kind", "count")).containsExactly("fetch 1");
    }

    @Test
    void aViewTellsOfTenFailuresAtMost() throws Exception {
        load("/");
        page.evaluate("act.many(500)");
        page.evaluate("new Promise(done => setTimeout(done))");
        leave();

        views(new Counts(0, 1, 0));
        assertThat(seen("kind", "count")).containsExactly("error 10");
    }

    @Test
    void aGuardThatIsGoneDisturbsNothing() throws Exception {
        load("/");
        guard.close();
        page.evaluate("act.error()");
        page.evaluate("dispatchEvent(new Event('online'))");

        assertThat(page.evaluate("act.get('/api/echo')").asString()).isEqualTo("GET null ");
        assertThat(page.evaluate("levee.path('checkout').ok()").isMissingNode()).isTrue();
    }

    /** As the docs say: from the guard, with the hash that it has to have. */
    private String script(String more) {
        return "<script defer crossorigin src=" + guard.origin() + "/browser/levee.js integrity="
                + Script.javascript().integrity() + " data-release=1.4.2 " + more + "></script>";
    }

    private void load(String path) throws Exception {
        page.open(shop.page(path));
        page.await("window.ready && window.levee");
    }

    /** Another page instead: the view is over, and what it has to say goes by beacon. */
    private void leave() throws Exception {
        page.open(NOWHERE);
    }

    private void views(Counts counts) {
        becomes(() -> guard.counts(Guarded.VIEWS), counts);
    }

    private void journeys(Counts counts) {
        becomes(() -> guard.counts(Guarded.CHECKOUT), counts);
    }

    private void failures(int kinds) {
        becomes(
                () -> {
                    page.evaluate("dispatchEvent(new Event('online'))");
                    return guard.figures().at("/failures").size();
                },
                kinds);
    }

    private static <T> void becomes(Callable<T> figure, T value) {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(figure.call()).isEqualTo(value));
    }

    private List<String> seen(String... fields) throws Exception {
        List<String> all = new ArrayList<>();
        for (JsonNode failure : guard.figures().at("/failures")) {
            List<String> each = new ArrayList<>();
            for (String field : fields) {
                each.add(
                        failure.at("/" + field).isNull()
                                ? "null"
                                : failure.at("/" + field).asString());
            }
            all.add(String.join(" ", each));
        }
        return all;
    }
}
