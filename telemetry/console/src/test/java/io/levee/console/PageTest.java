package io.levee.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.servers.Chromium;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** The page in a real browser. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {
    /** The pictures of docs/observability.md are made here; -Dlevee.pictures=true puts them there. */
    private static final Path PICTURES = Path.of("target", "pictures");

    private Chromium chromium;
    private LeveeConsole console;
    private Traffic traffic;

    @BeforeAll
    void open() throws Exception {
        chromium = Chromium.start();
        console = LeveeConsole.builder().application("shop-orders").start();
        traffic = new Traffic();
        traffic.twoMinutes();
        traffic.goOn();
    }

    @AfterAll
    void close() throws Exception {
        if (chromium != null) {
            chromium.close();
        }
        if (traffic != null) {
            traffic.close();
            console.close();
        }
    }

    @BeforeEach
    void load() throws Exception {
        chromium.size(1440, 1000, 1, false);
        chromium.theme("light");
        chromium.open(console.uri());
        chromium.await("document.querySelectorAll('.card').length >= 4");
        chromium.await("document.querySelectorAll('#log details').length > 0");
    }

    @Test
    void showsEachDownstreamInItsState() throws Exception {
        chromium.await(cardOf("pricing") + ".querySelector('.pill').textContent === 'waiting for permits'");
        assertThat(chromium.text("#app")).isEqualTo("shop-orders");
        assertThat(chromium.text("#link")).isEqualTo("live");
        assertThat(pillOf("payments")).isEqualTo("breaker open");
        assertThat(pillOf("search")).isIn("retry budget empty", "retrying");
        assertThat(chromium.evaluate(cardOf("payments") + ".textContent").asString())
                .contains("open, 5 of 5 failed", "0 of 16", "attempt 3 s");
        assertThat(chromium.evaluate(cardOf("inventory") + ".querySelector('.chart .first').getAttribute('d').length")
                        .asInt())
                .isGreaterThan(500);
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void aChangeIsShownWithoutAskingForIt() throws Exception {
        chromium.await(cardOf("inventory") + ".querySelector('.pill').textContent !== 'shut down'");
        try (io.levee.Levee late = io.levee.Levee.named("late <b>& new")
                .breaker(io.levee.Breaker.consecutiveFailures(1))
                .telemetry(new ConsoleTelemetry())
                .build()) {
            chromium.await(cardOf("late <b>& new") + "?.querySelector('.pill').textContent === 'idle'");
            late.execute(io.levee.Call.named("ask"), attempt -> {
                throw new java.net.ConnectException("refused");
            });
            chromium.await(cardOf("late <b>& new") + ".querySelector('.pill').textContent === 'breaker open'");
            chromium.await("[...document.querySelectorAll('#log .pill')].some(p => p.textContent === 'breaker open')");
            chromium.await("document.querySelector('#said').textContent.includes('breaker open')");
        }
        chromium.await(cardOf("late <b>& new") + ".querySelector('.pill').textContent === 'shut down'");
    }

    @Test
    void theKeyboardReachesEverything() throws Exception {
        chromium.press("p", "KeyP", 80, "p");
        assertThat(chromium.text("#link")).isEqualTo("paused");
        chromium.press("j", "KeyJ", 74, "j");
        chromium.press("j", "KeyJ", 74, "j");
        assertThat(chromium.evaluate("document.activeElement.tagName").asString())
                .isEqualTo("SUMMARY");
        chromium.press("Enter", "Enter", 13, "\r");
        chromium.await("document.activeElement.parentElement.open");
        chromium.await("document.activeElement.parentElement.querySelectorAll('.record dt').length > 5");
        chromium.press("/", "Slash", 191, "/");
        assertThat(chromium.evaluate("document.activeElement.id").asString()).isEqualTo("filter");
        for (char c : "budget".toCharArray()) {
            chromium.press(String.valueOf(c), "", Character.toUpperCase(c), String.valueOf(c));
        }
        assertThat(chromium.text("#shown")).contains(" of the last ");
        assertThat(chromium.evaluate("[...document.querySelectorAll('#log li:not([hidden]) summary')]"
                                + ".filter(s => !s.textContent.includes('budget')).length")
                        .asInt())
                .isZero();
        chromium.press("Escape", "Escape", 27, "");
        assertThat(chromium.text("#shown")).startsWith("last ");
        chromium.press("t", "KeyT", 84, "t");
        chromium.press("t", "KeyT", 84, "t");
        assertThat(chromium.evaluate("document.documentElement.dataset.theme").asString())
                .isEqualTo("dark");
        chromium.press("t", "KeyT", 84, "t");
        chromium.press("?", "Slash", 191, "?");
        assertThat(chromium.evaluate("document.querySelector('#help').open").asBoolean())
                .isTrue();
        chromium.press("Escape", "Escape", 27, "");
        chromium.press("p", "KeyP", 80, "p");
        assertThat(chromium.text("#link")).isEqualTo("live");
    }

    @Test
    void aCardFiltersTheDecisions() throws Exception {
        chromium.evaluate(cardOf("payments") + ".querySelector('h3 button').click()");
        assertThat(chromium.evaluate("[...document.querySelectorAll('#log li:not([hidden]) .who b')]"
                                + ".every(b => b.textContent === 'payments')")
                        .asBoolean())
                .isTrue();
        assertThat(chromium.evaluate("document.querySelectorAll('.card.chosen').length")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void axeFindsNothingInEitherTheme() throws Exception {
        String axe;
        try (InputStream in = PageTest.class.getResourceAsStream("/axe.min.js")) {
            axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        for (String theme : List.of("light", "dark")) {
            chromium.theme(theme);
            chromium.open(console.uri());
            chromium.await("document.querySelectorAll('#log details').length > 0");
            chromium.await("document.documentElement.dataset.theme === '" + theme + "'");
            // The rows are all made alike; axe takes a second for every twenty.
            chromium.press("p", "KeyP", 80, "p");
            chromium.evaluate("document.querySelectorAll('#log li:nth-child(n + 15)').forEach(li => li.remove())");
            chromium.evaluate("document.querySelector('#log summary').click()");
            chromium.await("document.querySelector('#log .record dl') !== null");
            chromium.evaluate(axe);
            assertNoViolations(theme);
            chromium.evaluate("document.querySelector('#keys').click()");
            assertNoViolations(theme + ", with the dialog");
        }
    }

    private void assertNoViolations(String where) throws Exception {
        JsonNode found = chromium.evaluate(
                "axe.run(document, {resultTypes: ['violations']}).then(r => ({checked: r.passes.length, "
                        + "violations: r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join('; '))}))");
        assertThat(found.get("checked").asInt()).as("rules that were checked").isGreaterThan(15);
        List<String> violations = new ArrayList<>();
        found.get("violations").forEach(violation -> violations.add(violation.asString()));
        assertThat(violations).as(where).isEmpty();
    }

    @Test
    void fitsAPhone() throws Exception {
        for (int width : new int[] {320, 390, 768}) {
            chromium.size(width, 844, 2, true);
            chromium.open(console.uri());
            chromium.await("document.querySelectorAll('.card').length >= 4 && document.querySelector('#log details')");
            assertThat(chromium.evaluate("document.documentElement.scrollWidth").asInt())
                    .as("nothing sticks out at %d px", width)
                    .isLessThanOrEqualTo(width);
        }
        awaitOwnCardsOnly();
        chromium.size(390, 1400, 1, true);
        chromium.theme("dark");
        chromium.await("document.documentElement.dataset.theme === 'dark'");
        picture("console-phone.png");
    }

    @Test
    void saysWhenTheServerIsGoneAndComesBack() throws Exception {
        try (LeveeConsole first =
                LeveeConsole.builder().application("short-lived").start()) {
            chromium.open(first.uri());
            chromium.await("document.querySelector('#link')?.dataset.state === 'live'");
            first.close();
            chromium.await("document.querySelector('#link-text').textContent.startsWith('no answer')");
            try (LeveeConsole second = LeveeConsole.builder()
                    .port(first.uri().getPort())
                    .application("its successor")
                    .start()) {
                assertThat(second.uri()).isEqualTo(first.uri());
                chromium.await("document.querySelector('#app')?.textContent === 'its successor'");
                chromium.await("document.querySelector('#link')?.dataset.state === 'live'");
            }
        }
    }

    @Test
    void picturesForTheDocumentation() throws Exception {
        chromium.await("document.querySelector('#t-calls').textContent !== '–'");
        chromium.await(cardOf("pricing") + ".querySelector('.pill').textContent === 'waiting for permits'");
        awaitOwnCardsOnly();
        chromium.size(1440, 1000, 1, false);
        chromium.press("p", "KeyP", 80, "p");
        chromium.evaluate(
                "[...document.querySelectorAll('#log details')].find(d => d.textContent.includes('budget')).open = true");
        picture("console-light.png");
        chromium.theme("dark");
        chromium.await("document.documentElement.dataset.theme === 'dark'");
        picture("console-dark.png");
        chromium.press("p", "KeyP", 80, "p");
    }

    /** The Levees of other tests, whom nobody holds any more. */
    private void awaitOwnCardsOnly() {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            return chromium.evaluate("document.querySelectorAll('.card').length")
                            .asInt()
                    == 4;
        });
    }

    private void picture(String name) throws Exception {
        chromium.screenshot(PICTURES.resolve(name));
        assertThat(Files.size(PICTURES.resolve(name))).isGreaterThan(20_000);
        if (Boolean.getBoolean("levee.pictures")) {
            Path docs = Files.createDirectories(Path.of("..", "..", "docs", "pictures"));
            Files.copy(PICTURES.resolve(name), docs.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private String pillOf(String downstream) throws Exception {
        return chromium.evaluate(cardOf(downstream) + ".querySelector('.pill').textContent")
                .asString();
    }

    private static String cardOf(String downstream) {
        return "[...document.querySelectorAll('.card')].find(c => c.querySelector('h3').textContent === '" + downstream
                + "')";
    }
}
