package io.levee.guard.server;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.servers.PlaywrightBrowser;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Every page of a guard that runs, in a real browser: what a page says is what the API says, and what is done on a page is on the
 * record. One guard and one browser for all; what changes the record comes last.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PagesTest {
    private PlaywrightBrowser browser;
    private ShopGuard shop;
    private BrowserContext lead;
    private Page page;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        browser = PlaywrightBrowser.start();
        shop = new ShopGuard(folder);
        lead = browser.signedIn(shop.uri(), shop.token("lead"), ColorScheme.LIGHT, 1440, 1000);
        page = lead.newPage();
    }

    @AfterAll
    void stop() {
        if (shop != null) {
            shop.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void forget() {
        browser.complaints().clear();
    }

    @AfterEach
    void isClean() {
        assertThat(browser.complaints()).isEmpty();
    }

    private void go(String path) {
        page.navigate(shop.uri() + path);
    }

    private static String floor(JsonNode value, String pattern) {
        DecimalFormat format = new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT));
        format.setRoundingMode(pattern.contains(".") ? RoundingMode.FLOOR : RoundingMode.DOWN);
        return format.format(value.decimalValue()).replace('-', '\u2212');
    }

    private static String percent(JsonNode value) {
        return floor(value, "#,##0.##") + "\u00a0%";
    }

    private static String millis(JsonNode value) {
        return floor(value, "#,##0") + "\u00a0ms";
    }

    private static String count(JsonNode value) {
        return floor(value, "#,##0");
    }

    private Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private Locator dialog() {
        return page.getByRole(AriaRole.DIALOG);
    }

    private void send(String name) {
        dialog().getByRole(
                        AriaRole.BUTTON,
                        new Locator.GetByRoleOptions().setName(name).setExact(true))
                .click();
        page.waitForCondition(() -> dialog().count() == 0
                || !String.join("", dialog().locator(".error").allInnerTexts()).isEmpty());
        assertThat(dialog().allInnerTexts()).isEmpty();
    }

    private JsonNode newest(String kind) throws Exception {
        return shop.api("/api/v1/ledger?most=1&kind=" + kind).path("entries").get(0);
    }

    @Test
    @Order(1)
    void theOverviewSaysWhatTheApiSays() throws Exception {
        go("/");
        JsonNode slos = shop.api("/api/v1/slos").path("slos");
        assertThat(page.locator(".body a[data-row]")).hasCount(slos.size());
        for (JsonNode slo : slos) {
            Locator row = page.locator(
                    ".row[data-status]",
                    new Page.LocatorOptions()
                            .setHas(page.locator(
                                    "a[href='/slo/" + slo.path("name").asString() + "']")));
            assertThat(row).containsText(slo.path("displayName").asString());
            Locator curve = row.locator(".spark path.line");
            boolean tooFew = slo.path("state").asString().equals("TOO_FEW");
            if (tooFew || slo.path("leftPercent").isNull()) {
                assertThat(row.locator(".figure.big")).hasText("–");
                assertThat(row).containsText(tooFew ? "too few events to tell" : "no events in the window");
                assertThat(curve).hasCount(0);
                continue;
            }
            assertThat(row.locator(".figure.big")).hasText(percent(slo.path("leftPercent")));
            assertThat(row).containsText(millis(slo.path("leftMs")));
            row.locator(".c4").scrollIntoViewIfNeeded();
            assertThat(curve).hasCount(1);
        }
        assertThat(StreamSupport.stream(slos.spliterator(), false)
                        .map(slo -> slo.path("state").asString())
                        .toList())
                .as("a shop in which something of each kind is seen")
                .contains("LEFT", "EXHAUSTED", "TOO_FEW", "NO_DATA");
        Locator worst = page.locator(".body .row[data-status]").first();
        assertThat(worst).containsText("Order submit");
        worst.locator(".figure.big").click();
        assertThat(page.locator(".explain"))
                .containsText(shop.slo(ShopGuard.ORDERS)
                        .path("explain")
                        .path("formula")
                        .asString());
        page.keyboard().press("Escape");
        assertThat(PlaywrightBrowser.violations(page)).isEmpty();
    }

    @Test
    @Order(2)
    void aFigureFollowsTheEventsThatCome() throws Exception {
        go("/");
        assertThat(page.locator("#link")).hasText("Live");
        Locator left = page.locator(
                ".row[data-status]", new Page.LocatorOptions().setHas(page.locator("a[href='/slo/payment-refund']")));
        String before = left.locator(".figure.big").innerText();
        shop.store.append(List.of(new Event(
                null,
                shop.now.get(),
                "payment",
                "payment-refund",
                null,
                Event.Outcome.BAD,
                "1",
                Environment.PRODUCTION,
                null,
                null,
                null,
                1,
                false,
                5L)));
        shop.now.updateAndGet(now -> now.plusSeconds(1));
        assertThat(left.locator(".figure.big")).not().hasText(before);
        assertThat(left.locator(".figure.big"))
                .hasText(percent(shop.slo("payment-refund").path("leftPercent")));
    }

    @Test
    @Order(3)
    void thePageOfAnSloHasItsCurveAndAPinOpensItsIncident() throws Exception {
        go("/slo/" + ShopGuard.ORDERS);
        JsonNode slo = shop.slo(ShopGuard.ORDERS);
        JsonNode curve = shop.api("/api/v1/slos/" + ShopGuard.ORDERS + "/curve");
        JsonNode incidents = curve.path("incidents");
        assertThat(incidents.size()).isEqualTo(3);
        assertThat(page.locator(".pin")).hasCount(incidents.size());
        assertThat(page.locator(".figures").first()).containsText(millis(slo.path("leftMs")));
        assertThat(page.locator(".figures").first())
                .containsText(count(slo.path("bad")) + " bad of " + count(slo.path("total")));
        assertThat(page.locator(".advice")).containsText(slo.path("advice").asString());
        assertThat(page.locator(".band")).hasCount(1);
        assertThat(PlaywrightBrowser.violations(page)).isEmpty();

        String id = incidents.get(0).path("id").asString();
        page.locator(".pin[data-incident='" + id + "']").click();
        JsonNode incident = shop.api("/api/v1/slos/" + ShopGuard.ORDERS + "/incidents/" + id);
        Locator shown = page.locator(".incident");
        assertThat(shown).containsText(millis(incident.path("spentMs")));
        assertThat(shown).containsText("of " + count(incident.path("total")));
        assertThat(shown.locator(".plot canvas")).hasCount(1);
        Locator links = shown.locator("a[href^='https://jaeger.example/trace/']");
        long withTrace = StreamSupport.stream(incident.path("decisions").spliterator(), false)
                .filter(decision -> decision.path("url").isString())
                .count();
        assertThat(links).hasCount(incident.path("traces").size() + (int) withTrace);
        assertThat(links.first())
                .hasAttribute("href", incident.path("traces").get(0).path("url").asString());
        assertThat(PlaywrightBrowser.violations(page)).isEmpty();
    }

    @Test
    @Order(4)
    void theHeatmapShowsWhatEachHourCost() throws Exception {
        go("/heatmap");
        assertThat(page.locator("td[data-heat='6'], td[data-heat='5'], td[data-heat='4']")
                        .first())
                .isVisible();
        Locator cell = page.locator("td[data-heat]").last();
        cell.focus();
        page.keyboard().press("Enter");
        assertThat(page.locator(".explain")).containsText(Pattern.compile("of the budget|no event"));
        page.keyboard().press("Escape");
        // The sums on the right are of the cells that the API has for the same range and step.
        String asked = (String)
                page.evaluate(
                        "performance.getEntriesByType('resource').map(e => e.name).filter(n => n.includes('/api/v1/heatmap')).pop()");
        JsonNode rows = shop.api(asked.substring(asked.indexOf("/api/"))
                        .replace(":", "%3A")
                        .replace("%253A", "%3A"))
                .path("rows");
        BigDecimal fulfilment = BigDecimal.ZERO;
        for (JsonNode row : rows) {
            if (row.path("service").asString().equals("fulfilment")) {
                for (JsonNode each : row.path("cells")) {
                    fulfilment = fulfilment.add(
                            each.isNull()
                                    ? BigDecimal.ZERO
                                    : each.path("spentMs").decimalValue());
                }
            }
        }
        assertThat(fulfilment.signum()).isPositive();
        assertThat(page.locator("tbody tr", new Page.LocatorOptions().setHasText("fulfilment"))
                        .locator("td.sum"))
                .hasText(new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT))
                                .format(fulfilment.setScale(0, RoundingMode.DOWN))
                        + "\u00a0ms");
        assertThat(PlaywrightBrowser.violations(page)).isEmpty();
    }

    private void ask(String slo, String environment, String release) {
        page.getByLabel("SLO", new Page.GetByLabelOptions().setExact(true)).fill(slo);
        page.locator(".ask").getByLabel("Environment").selectOption(environment);
        page.getByLabel("Release", new Page.GetByLabelOptions().setExact(true)).fill(release);
        button("Ask").click();
    }

    @Test
    @Order(5)
    void theGateIsAskedAndAPauseIsApprovedInPlace() throws Exception {
        go("/gate");
        assertThat(page.locator(".empty")).containsText("The gate has not been asked yet");
        ask("no-such-slo", "staging", "2026.11.10");
        assertThat(page.locator(".ask .error")).containsText("no-such-slo");

        shop.askTheGate(); // as pipelines do: who brought a release to the gate may not approve it
        assertThat(page.locator(".cards article")).hasCount(3);
        shop.now.updateAndGet(now -> now.plusSeconds(1));
        ask(ShopGuard.ORDERS, "staging", "2026.11.10");
        Locator answer = page.locator(".asked");
        assertThat(answer).containsText("Pause");
        JsonNode decision = newest("gate.decision");
        assertThat(decision.path("actor").asString()).isEqualTo("ines");
        JsonNode data = decision.path("data");
        assertThat(data.path("caller").asString()).isEqualTo("console");
        assertThat(data.path("decision").asString()).isEqualTo("pause");
        assertThat(answer).containsText(data.path("reason").asString());
        assertThat(answer.locator("dd").nth(0)).hasText(count(data.path("total")));
        assertThat(answer.locator("dd").nth(1)).hasText(count(data.path("bad")));
        assertThat(page.locator(".cards article")).hasCount(4);
        assertThat(PlaywrightBrowser.violations(page)).isEmpty();

        answer.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Approve …"))
                .click();
        dialog().getByLabel("Reason").fill("A flake of the load test");
        send("Approve");
        assertThat(answer.locator(".trail")).containsText("Approved by ines");
        assertThat(button("Approve …")).hasCount(0);
        JsonNode approval = newest("gate.approval");
        assertThat(approval.path("data").path("reason").asString()).isEqualTo("A flake of the load test");
        assertThat(approval.path("data").path("release").asString()).isEqualTo("2026.11.10");
        shop.now.updateAndGet(now -> now.plusSeconds(1));
        button("Ask").click();
        assertThat(answer.locator(".pill")).hasText("Pass");
    }

    @Test
    @Order(6)
    void anImpactReportIsAttachedInPlace() throws Exception {
        go("/gate");
        ask(ShopGuard.ORDERS, "production", "2026.11.9");
        assertThat(page.locator(".asked .pill")).hasText("Report needed");
        button("Attach report …").click();
        dialog().getByLabel("Or its text")
                .fill(
                        "{\"kind\": \"slo-impact-report\", \"slo\": \"order-submit\", \"release\": \"2026.11.9\", \"verdict\": \"it fits\"}");
        send("Attach");
        assertThat(page.locator(".asked .trail")).containsText("Report attached by ines: it fits");
        JsonNode report = newest("gate.report");
        assertThat(report.path("data").path("report").path("verdict").asString())
                .isEqualTo("it fits");
        assertThat(report.path("actor").asString()).isEqualTo("ines");
    }

    @Test
    @Order(7)
    void anActionIsUndone() throws Exception {
        go("/actions");
        JsonNode actions = shop.api("/api/v1/actions");
        assertThat(page.locator(".plain tbody tr"))
                .hasCount(actions.path("rules").size());
        assertThat(page.locator("article")).hasCount(actions.path("entries").size());
        assertThat(PlaywrightBrowser.violations(page)).isEmpty();
        assertThat(signals()).contains("orders.reads");

        button("Undo …").click(); // one only: the others were dry, or a sentence
        dialog().getByLabel("Reason").fill("The primary is well again");
        send("Undo");
        assertThat(page.locator("article", new Page.LocatorOptions().setHasText("Undone")))
                .containsText("The primary is well again");
        assertThat(button("Undo …")).hasCount(0);
        JsonNode undone = newest("action.undone");
        assertThat(undone.path("actor").asString()).isEqualTo("ines");
        assertThat(undone.path("data").path("reason").asString()).contains("The primary is well again");
        assertThat(signals()).doesNotContain("orders.reads");
    }

    private String signals() throws Exception {
        return shop.api("/api/v1/signals").path("signals").toString();
    }

    @Test
    @Order(8)
    void aTargetIsProposedAndVotedOn() throws Exception {
        shop.importTickets();
        String month = shop.now.get().toString().substring(0, 7);
        go("/review?month=" + month);
        Locator section = page.locator("section[aria-label='order-submit']");
        JsonNode review = of(shop.api("/api/v1/review/" + month), ShopGuard.ORDERS);
        assertThat(section.locator(".figures")).containsText(millis(review.path("spentMs")));
        assertThat(section.locator(".figures")).containsText(millis(review.path("leftMs")));
        assertThat(section.locator(".causes > div"))
                .hasCount(review.path("spentByCause").size());
        assertThat(section.locator(".causes > div").first())
                .containsText(millis(review.path("spentByCause").get(0).path("spentMs")));
        assertThat(section)
                .containsText(
                        "Customer tickets: " + count(review.path("tickets").path("total")));
        section.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Propose a target …"))
                .click();
        dialog().getByLabel("New target in percent").fill("99.9");
        dialog().getByLabel("Reason").fill("Customers do not notice");
        send("Propose");
        button("Vote …").click();
        dialog().getByLabel("For the role").selectOption("product");
        dialog().getByLabel("Yes").check();
        dialog().getByLabel("Reason").fill("It pays for itself");
        send("Vote");
        assertThat(section.locator(".ballot li[data-vote=yes]")).containsText("It pays for itself");
        JsonNode proposal = of(shop.api("/api/v1/review/" + month), ShopGuard.ORDERS)
                .path("proposals")
                .get(0);
        assertThat(proposal.path("to").asString()).isEqualTo("0.999");
        assertThat(proposal.path("by").asString()).isEqualTo("ines");
        JsonNode vote = proposal.path("votes").get(0);
        assertThat(vote.path("role").asString()).isEqualTo("product");
        assertThat(vote.path("vote").asString()).isEqualTo("yes");
        assertThat(vote.path("by").asString()).isEqualTo("ines");
        assertThat(PlaywrightBrowser.violations(page)).isEmpty();
    }

    private static JsonNode of(JsonNode review, String slo) {
        return StreamSupport.stream(review.path("slos").spliterator(), false)
                .filter(each -> each.path("slo").asString().equals(slo))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Order(9)
    void aLinkWithATokenFillsTheFormAndSendsNothing() {
        try (BrowserContext stranger = browser.anonymous(ColorScheme.LIGHT, 1440, 1000)) {
            Page there = stranger.newPage();
            there.navigate(shop.uri() + "/login#token=" + shop.token("viewer"));
            assertThat(there.getByLabel("Token")).hasValue(shop.token("viewer"));
            assertThat(there).hasURL(shop.uri() + "/login");
            there.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign in"))
                    .click();
            assertThat(there.locator("h1")).hasText("Error budgets");
            assertThat(there.locator("#account")).hasText("viewer-1");
        }
    }

    @Test
    @Order(10)
    void aViewerIsToldWhichRoleItTakes() {
        try (BrowserContext viewer =
                browser.signedIn(shop.uri(), shop.token("viewer"), ColorScheme.LIGHT, 1440, 1000)) {
            Page there = viewer.newPage();
            there.navigate(shop.uri() + "/gate");
            there.getByLabel("SLO", new Page.GetByLabelOptions().setExact(true)).fill(ShopGuard.ORDERS);
            there.getByLabel("Release", new Page.GetByLabelOptions().setExact(true))
                    .fill("2026.11.10");
            there.getByRole(
                            AriaRole.BUTTON,
                            new Page.GetByRoleOptions().setName("Ask").setExact(true))
                    .click();
            assertThat(there.locator(".ask .error")).containsText("this takes the role release");
        }
    }
}
