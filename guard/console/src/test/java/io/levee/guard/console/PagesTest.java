package io.levee.guard.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.levee.guard.web.WebException;
import io.levee.servers.PlaywrightBrowser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages in a real browser, over answers that are laid down. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesTest {
    /** What people and services choose freely. */
    private static final Set<String> FREE_TEXT = Set.of(
            "displayName",
            "service",
            "description",
            "reason",
            "author",
            "release",
            "environment",
            "label",
            "text",
            "cause",
            "advice",
            "by",
            "actor",
            "businessEvent",
            "rule",
            "value",
            "formula",
            "when",
            "then",
            "diff",
            "verdict",
            "caller",
            "message",
            "file",
            "traceId",
            "event",
            "outcome",
            "method");

    private final Shop shop = new Shop(Instant.now());
    private CannedGuard guard;
    private PlaywrightBrowser browser;
    private BrowserContext window;
    private Page page;

    @BeforeAll
    void start() {
        browser = PlaywrightBrowser.start();
        guard = new CannedGuard(shop);
        window = browser.signedIn(guard.uri(), CannedGuard.VIEWER, ColorScheme.LIGHT, 1440, 1000);
    }

    @AfterAll
    void stop() {
        if (guard != null) {
            guard.close();
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        guard.slos = shop::slos;
        guard.posted.clear();
        browser.complaints().clear();
        page = window.newPage();
    }

    @AfterEach
    void close() {
        page.close();
        assertThat(browser.complaints()).isEmpty();
    }

    private void go(String path) {
        page.navigate(guard.uri() + path);
    }

    /** For what a viewer may not do. */
    private void asLead() {
        page.close();
        page = browser.signedIn(guard.uri(), CannedGuard.LEAD, ColorScheme.LIGHT, 1440, 1000)
                .newPage();
    }

    private Locator rows() {
        return page.locator(".body a[data-row]");
    }

    private Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private Locator card(String text) {
        return page.locator("article", new Page.LocatorOptions().setHasText(text));
    }

    @Test
    void theWorstComesFirstWithItsBudgetInPercentAndMilliseconds() {
        go("/");
        assertThat(rows()).hasCount(12);
        assertThat(rows().first()).hasText("Order submit");
        Locator first = page.locator(".body .row[data-status]").first();
        assertThat(first).containsText("Page");
        assertThat(first).containsText("18.62\u00a0%");
        assertThat(first).containsText("225,227\u00a0ms");
        assertThat(first).containsText("46.9×");
        assertThat(first.locator(".spark path.line")).hasCount(1);
        assertThat(page.locator(".lead")).containsText("The worst is Order submit at 46.9× its budget");
        assertThat(page.locator("#link")).hasText("Live");
    }

    @Test
    void filtersAndOrderStandInTheAddress() {
        go("/");
        assertThat(rows()).hasCount(12);
        page.keyboard().press("/");
        page.keyboard().type("pay auth");
        assertThat(rows()).hasCount(1);
        assertThat(page).hasURL(Pattern.compile("\\?q=pay\\+auth$"));
        go("/?status=exhausted&sort=name&group=no");
        assertThat(rows()).hasCount(1);
        assertThat(rows().first()).hasText("Stock lookup");
        page.locator(".stat[data-filter=all]").click();
        assertThat(rows()).hasCount(12);
        assertThat(rows().first()).hasText("Dispatch");
        assertThat(page.locator(".service")).hasCount(0);
    }

    @Test
    void aFigureExplainsItself() {
        go("/");
        Locator figure =
                page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("18.62\u00a0% of the budget left"));
        figure.click();
        Locator why = page.locator(".explain");
        assertThat(why).containsText("1 − bad / (total × (1 − target))");
        assertThat(why).containsText("10,000,000");
        assertThat(why).containsText("Database move");
        page.keyboard().press("Escape");
        assertThat(why).hasCount(0);
        assertThat(figure).isFocused();
    }

    @Test
    void liveFiguresChangeInPlaceAndDoNotMoveRows() {
        go("/");
        assertThat(rows()).hasCount(12);
        assertThat(page.locator("#link")).hasText("Live");
        Map<String, @Nullable Object> search = new LinkedHashMap<>(shop.slo(7));
        search.put("severity", "page");
        search.put("burnRate1h", 99.5);
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(i == 7 ? search : shop.slo(i));
        }
        Locator row = page.locator(
                ".row[data-status]", new Page.LocatorOptions().setHas(page.locator("a[href='/slo/search_query']")));
        double before = row.boundingBox().y;
        guard.tell("slos", Map.of("at", Instant.now().toString(), "slos", all));
        assertThat(row).containsText("99.5×");
        assertThat(row.boundingBox().y).isEqualTo(before);
        assertThat(rows().nth(2)).not().hasText("Search");
        button("Order has changed: sort again").click();
        assertThat(rows().nth(2)).hasText("Search");
    }

    @Test
    void arrowKeysWalkTheListAndEnterOpens() {
        go("/");
        rows().first().focus();
        page.keyboard().press("ArrowDown");
        page.keyboard().press("ArrowDown");
        assertThat(rows().nth(2)).isFocused();
        page.keyboard().press("End");
        assertThat(rows().last()).isFocused();
        page.keyboard().press("Home");
        page.keyboard().press("Enter");
        assertThat(page.locator("h1")).hasText("Order submit");
        assertThat(page.locator("h1")).isFocused();
        page.goBack();
        assertThat(page.locator("h1")).hasText("Error budgets");
        page.keyboard().press("?");
        assertThat(page.getByRole(AriaRole.DIALOG)).containsText("Walk the list");
        page.keyboard().press("Escape");
        page.keyboard().press("g");
        page.keyboard().press("h");
        assertThat(page).hasURL(Pattern.compile("/heatmap$"));
    }

    @Test
    void aStreamThatBreaksIsSaidAndComesBack() {
        page.route(
                "**/api/v1/stream",
                route -> route.fulfill(new com.microsoft.playwright.Route.FulfillOptions()
                        .setContentType("text/event-stream")
                        .setBody(": the end\n\n")));
        go("/");
        assertThat(page.locator("#link")).containsText("Stale since");
        page.unroute("**/api/v1/stream");
        assertThat(page.locator("#link"))
                .hasText(
                        "Live",
                        new com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions().setTimeout(60_000));
    }

    @Test
    void aThousandSlosShowTheFirstRowsBeforeTheRest() {
        guard.slos = () -> shop.slos(1_000);
        page.addInitScript("new PerformanceObserver(list => list.getEntries().forEach(e => {"
                + " if (e.name === 'levee-first-rows') globalThis.rowsThen ??= document.querySelectorAll('a[data-row]').length;"
                + " })).observe({entryTypes: ['mark']})");
        go("/");
        assertThat(rows())
                .hasCount(
                        1_000,
                        new com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions().setTimeout(60_000));
        assertThat(((Number) page.evaluate("globalThis.rowsThen")).intValue()).isLessThan(1_000);
        System.out.printf(
                "1,000 SLOs: first rows after %.0f ms, first contentful paint after %.0f ms%n",
                number("performance.getEntriesByName('levee-first-rows')[0].startTime"),
                number("performance.getEntriesByName('first-contentful-paint')[0].startTime"));
        page.keyboard().press("/");
        page.keyboard().type("endpoint-99");
        assertThat(rows()).hasCount(11);
    }

    private double number(String expression) {
        return ((Number) page.evaluate(expression)).doubleValue();
    }

    @Test
    void aPinOpensItsIncidentAndItsAddressOpensItToo() {
        go("/slo/order_submit");
        assertThat(page.locator(".pin")).hasCount(3);
        assertThat(page.locator(".release")).not().hasCount(0);
        assertThat(page.locator(".targets button")).hasText("99.95\u00a0%");
        page.locator(".pin").last().click();
        assertThat(page).hasURL(Pattern.compile("/slo/order_submit/incident/order_submit-\\d+"));
        Locator incident = page.locator(".incident");
        assertThat(incident).containsText("4,700");
        assertThat(incident.getByRole(
                                AriaRole.LINK,
                                new Locator.GetByRoleOptions().setName(Pattern.compile("4bf92f3577b34da6")))
                        .first())
                .hasAttribute("href", Pattern.compile("^https://jaeger.example/trace/4bf92f"));
        assertThat(incident).containsText("no token: 0.0 of 10.0 left");
        assertThat(incident).containsText("5,213 attempts of this time were retries");
        assertThat(incident.locator("tr", new Locator.LocatorOptions().setHasText("no token"))
                        .getByRole(AriaRole.LINK))
                .hasAttribute("href", Pattern.compile("^https://jaeger.example/trace/4bf92f"));
        assertThat(incident).containsText("shift-reads");
        assertThat(page.locator(".pin[aria-expanded=true]")).hasCount(1);
        page.reload();
        assertThat(incident).containsText("4,700");
        assertThat(page.locator("tr.chosen")).hasCount(1);
        button("Close").click();
        assertThat(incident).hasCount(0);
        assertThat(page.locator(".pin").last()).isFocused();
        assertThat(page).hasURL(Pattern.compile("/slo/order_submit$"));
    }

    @Test
    void figuresOfAnIncidentExplainThemselvesByKeyboardToo() {
        go(incident());
        Locator figures = page.locator(".incident .figures button.figure");
        assertThat(figures).hasCount(3);
        for (String what : List.of(
                "each costs the window's length divided by the window's events",
                "bad / all = 4,700 / 9,711",
                "divided by what the target of then allowed")) {
            Locator figure = figures.nth(what.startsWith("each") ? 0 : what.startsWith("bad") ? 1 : 2);
            figure.focus();
            page.keyboard().press("Enter");
            assertThat(page.locator(".explain")).containsText(what);
            page.keyboard().press("Escape");
            assertThat(figure).isFocused();
        }
    }

    @Test
    void figuresOfTheReviewExplainThemselvesAndLeadToIncidents() {
        go("/review?month=2026-11");
        assertThat(page.locator(".figures")).containsText("627,087\u00a0ms");
        button("372,557\u00a0ms").click();
        Locator why = page.locator(".explain");
        assertThat(why).containsText("nothing later before the incident's peak");
        page.keyboard().press("Escape");
        button("143").click();
        why.getByRole(AriaRole.LINK).click();
        assertThat(page).hasURL(Pattern.compile("/slo/order_submit/incident/order_submit-\\d+"));
    }

    @Test
    void figuresOfTheBurnRateRulesExplainThemselves() {
        go("/slo/order_submit");
        Locator rule = page.locator("section", new Page.LocatorOptions().setHasText("Burn-rate rules"))
                .locator("tbody tr")
                .first();
        rule.locator("button.figure").first().click();
        assertThat(page.locator(".explain")).containsText("share of bad events / (1 − target) = ");
        page.keyboard().press("Escape");
        Locator factor = rule.locator("button.figure").last();
        assertThat(factor).containsText("13.4");
        factor.click();
        assertThat(page.locator(".explain"))
                .containsText("Who burns like that for 1h has spent 2 % of the budget by then.");
        page.keyboard().press("Escape");
        assertThat(factor).isFocused();
    }

    @Test
    void theCurveHasItsTableItsRangeAndItsExclusions() {
        go("/slo/order_submit?range=7d");
        assertThat(page.locator(".choice button[aria-pressed=true]")).hasText("7 days");
        assertThat(page.locator(".pin")).hasCount(1);
        page.getByText("The curve as a table").click();
        assertThat(page.locator("details.data tbody tr")).hasCount(336);
        button("4 weeks").click();
        assertThat(page.locator(".pin")).hasCount(3);
        page.locator(".band").click();
        assertThat(page.locator(".explain")).containsText("Announced maintenance, agreed with product");
        page.keyboard().press("Escape");
        Locator plot = page.locator(".plot .u-over").first();
        var box = plot.boundingBox();
        page.mouse().move(box.x + box.width * 0.3, box.y + 50);
        page.mouse().down();
        page.mouse().move(box.x + box.width * 0.6, box.y + 60);
        page.mouse().up();
        assertThat(page).hasURL(Pattern.compile("from=.*&to="));
        assertThat(page.locator(".choice button[aria-pressed=true]")).hasCount(0);
    }

    @Test
    void theHeatmapIsWalkedByKeys() {
        go("/heatmap");
        assertThat(page.locator("tbody tr")).hasCount(7 + 12);
        Locator first = page.locator("td[data-heat]").first();
        first.focus();
        page.keyboard().press("End");
        page.keyboard().press("ArrowDown");
        assertThat(page.locator("td:focus"))
                .hasAttribute("aria-label", Pattern.compile("^order_submit, .*34\u00a0% of the budget"));
        page.keyboard().press("Enter");
        Locator what = page.locator(".explain");
        assertThat(what).containsText("1,700 bad of 29,761");
        what.getByRole(AriaRole.LINK).click();
        assertThat(page).hasURL(Pattern.compile("/slo/order_submit\\?from=.*&to="));
        page.goBack();
        button("order").click();
        assertThat(page.locator("tbody tr")).hasCount(7 + 10);
        assertThat(button("order")).isFocused();
    }

    @Test
    void aViewerSeesWhyApprovingIsRefusedAndKeepsWhatWasTyped() {
        go("/gate?environment=staging");
        assertThat(page.locator("article")).hasCount(2);
        button("Approve …").click();
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        dialog.getByLabel("Reason").fill("The load test did it");
        dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Approve"))
                .click();
        assertThat(dialog.getByRole(AriaRole.ALERT))
                .containsText("this takes the role lead, and the token 'viewer' has viewer");
        assertThat(dialog.getByLabel("Reason")).hasValue("The load test did it");
        assertThat(guard.posted).isEmpty();
    }

    @Test
    void aLeadApprovesWithAReasonAndAttachesAReport() {
        asLead();
        go("/gate");
        card("Pause")
                .first()
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Approve …"))
                .click();
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        dialog.getByLabel("Reason").fill("The load test did it");
        dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Approve"))
                .click();
        assertThat(dialog).hasCount(0);
        assertThat(guard.posted)
                .containsExactly(Map.of(
                        "slo",
                        "order_submit",
                        "environment",
                        "staging",
                        "release",
                        "2026.11.10",
                        "reason",
                        "The load test did it",
                        "for",
                        "24h"));
        assertThat(page.locator("#said")).hasText("2026.11.10 is approved");

        button("Attach report …").click();
        dialog.getByLabel("Or its text").fill("{\"kind\": ");
        dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Attach"))
                .click();
        assertThat(dialog.getByRole(AriaRole.ALERT)).containsText("This is not JSON");
        dialog.getByLabel("Or its text").fill("{\"kind\": \"slo-impact-report\"}");
        dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Attach"))
                .click();
        assertThat(dialog).hasCount(0);
        assertThat(guard.posted.get(1))
                .isEqualTo(Map.of(
                        "slo", "order_submit", "release", "2026.11.10", "report", Map.of("kind", "slo-impact-report")));
        page.context().close();
    }

    @Test
    void aLeadUndoesWhatStillHolds() {
        asLead();
        go("/actions");
        assertThat(page.locator("article")).hasCount(4);
        button("Undo …").click(); // one only: the others have run out
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        dialog.getByLabel("Reason").fill("The primary is well again");
        dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Undo"))
                .click();
        assertThat(dialog).hasCount(0);
        assertThat(guard.posted).containsExactly(Map.of("reason", "The primary is well again"));
        page.context().close();
    }

    @Test
    void aRoleVotesWithAReason() {
        asLead();
        go("/review?month=2026-11");
        assertThat(page.locator(".plot canvas")).hasCount(1);
        assertThat(page.locator(".ballot li[data-vote=yes]")).hasCount(3);
        button("Vote …").click();
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        // Who has not voted comes first; the others may change their mind.
        assertThat(dialog.getByLabel("For the role").locator("option")).hasText(new String[] {
            "Operations",
            "Product (yes so far)",
            "Development (no so far)",
            "SRE (yes so far)",
            "Customer service (yes so far)"
        });
        dialog.getByLabel("Yes").check();
        dialog.getByLabel("Reason").fill("We can keep it");
        dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Vote"))
                .click();
        assertThat(dialog).hasCount(0);
        button("Propose a target …").click();
        dialog.getByLabel("New target in percent").fill("99.97");
        dialog.getByLabel("Reason").fill("Half of it is unused");
        dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Propose"))
                .click();
        assertThat(dialog).hasCount(0);
        assertThat(guard.posted)
                .containsExactly(
                        Map.of("role", "operations", "vote", "yes", "reason", "We can keep it"),
                        Map.of("slo", "order_submit", "to", "0.9997", "reason", "Half of it is unused"));
        page.context().close();
    }

    @Test
    void whoIsNotSignedInIsSentThereAndComesBack() {
        page.close();
        page = browser.anonymous(ColorScheme.LIGHT, 1440, 1000).newPage();
        go("/gate?answer=pause");
        assertThat(page).hasURL(Pattern.compile("/login\\?next="));
        page.getByLabel("Token").fill("wrong");
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("does not know this token");
        page.getByLabel("Token").fill(CannedGuard.VIEWER);
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile("/gate\\?answer=pause"));
        assertThat(page.locator("article")).hasCount(2);
        button("Signed in with the token viewer, role viewer").click();
        button("Sign out").click();
        assertThat(page).hasURL(Pattern.compile("/login$"));
        go("/");
        assertThat(page).hasURL(Pattern.compile("/login\\?next=%2F$"));
        page.context().close();
    }

    @Test
    void whatFailsSaysSoAndCanBeTriedAgain() {
        guard.slos = () -> {
            throw new WebException(503, "the store is being moved; try again in a minute");
        };
        go("/");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("the store is being moved");
        guard.slos = () -> Map.of(
                "at",
                Instant.now().toString(),
                "slos",
                List.of(),
                "problems",
                List.of(Map.of(
                        "file",
                        "shop.yaml",
                        "line",
                        7,
                        "column",
                        3,
                        "field",
                        "spec.target",
                        "message",
                        "99.95 is no share")));
        button("Try again").click();
        assertThat(page.locator(".empty")).containsText("There is no SLO yet");
        assertThat(page.locator(".problems")).containsText("shop.yaml:7:3 spec.target: 99.95 is no share");
        go("/slo/none");
        assertThat(page.locator(".empty")).containsText("There is no SLO of this name");
        go("/slo/mail_receipt");
        assertThat(page.locator(".curve")).containsText("Nothing happened in this time");
        go("/slo/order_submit/incident/order_submit-1");
        assertThat(page.locator(".incident")).containsText("not there any more");
    }

    /** Names, reasons and traces are other people's: whoever may send an event must not run script in a lead's browser. */
    @Test
    void noTextOfOthersBecomesMarkup() {
        String planted = "<img src=x onerror=\"globalThis.ran=1\"><script>globalThis.ran=1</script>";
        try (CannedGuard other = new CannedGuard(shop, CannedGuard.planting(planted, FREE_TEXT));
                BrowserContext context =
                        browser.signedIn(other.uri(), CannedGuard.VIEWER, ColorScheme.LIGHT, 1440, 1000)) {
            Page there = context.newPage();
            for (String path :
                    List.of("/", "/slo/order_submit", incident(), "/heatmap", "/gate", "/actions", "/review")) {
                there.navigate(other.uri() + path);
                assertThat(there.locator("main")).containsText("<img src=x");
                assertThat(there.locator(".skeleton")).hasCount(0);
                for (Locator figure : there.locator("main button.figure, .release, .band").all().stream()
                        .limit(4)
                        .toList()) {
                    figure.click();
                    there.keyboard().press("Escape");
                }
                for (Locator details : there.locator("main summary").all()) {
                    details.click();
                }
                assertThat(there.evaluate("globalThis.ran ?? 'nothing ran'"))
                        .as(path)
                        .isEqualTo("nothing ran");
                assertThat(there.locator("main img, main script, body > .explain img"))
                        .hasCount(0);
            }
        }
    }

    private String incident() {
        return "/slo/order_submit/incident/"
                + shop.incidents("order_submit").get(2).get("id");
    }

    @Test
    void linksOfTracesLeadToTheWebOnly() {
        try (CannedGuard other =
                        new CannedGuard(shop, CannedGuard.planting("javascript:globalThis.ran=1", Set.of("url")));
                BrowserContext context =
                        browser.signedIn(other.uri(), CannedGuard.VIEWER, ColorScheme.LIGHT, 1440, 1000)) {
            Page there = context.newPage();
            there.navigate(other.uri() + incident());
            assertThat(there.locator(".incident")).containsText("4bf92f3577b34da6a3ce929d0e0e4730");
            assertThat(there.locator(".incident a[href^=javascript]")).hasCount(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/slo/order_submit", "INCIDENT", "/heatmap", "/gate", "/actions", "/review", "/login"})
    void everyPagePassesAxeInBothThemesAndFitsANarrowPhone(String path) {
        go(path.equals("INCIDENT") ? incident() : path);
        assertThat(page.locator(".skeleton")).hasCount(0);
        assertThat(PlaywrightBrowser.violations(page)).as("%s, light", path).isEmpty();
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
        assertThat(PlaywrightBrowser.violationsOfColours(page))
                .as("%s, dark", path)
                .isEmpty();
        page.setViewportSize(320, 640);
        assertThat(number("document.documentElement.scrollWidth"))
                .as("%s at 320 px", path)
                .isLessThanOrEqualTo(320);
        assertThat(PlaywrightBrowser.violationsOfLayout(page))
                .as("%s on a phone", path)
                .isEmpty();
    }

    @Test
    void theThemeIsRemembered() {
        go("/login");
        page.keyboard().press("Tab");
        page.locator("#theme").click();
        page.locator("#theme").click();
        assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
        page.reload();
        assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
        page.locator("#theme").click();
        assertThat(page.locator("html")).hasAttribute("data-theme", "light");
    }
}
