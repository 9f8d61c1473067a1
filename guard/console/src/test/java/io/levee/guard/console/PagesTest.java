package io.levee.guard.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pages in a real browser, over answers that are laid down. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesTest {
    private final Shop shop = new Shop(Instant.now());
    private CannedGuard guard;
    private Browser browser;
    private BrowserContext window;
    private Page page;

    @BeforeAll
    void start() {
        browser = Browser.start();
        guard = new CannedGuard(shop);
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
        browser.complaints.clear();
        window = browser.signedIn(guard.uri(), CannedGuard.TOKEN, ColorScheme.LIGHT, 1440, 1000);
        page = window.newPage();
    }

    @AfterEach
    void close() {
        window.close();
    }

    private void go(String path) {
        page.navigate(guard.uri() + path);
    }

    private Locator rows() {
        return page.locator(".body a[data-row]");
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
        assertThat(browser.complaints).isEmpty();
    }

    @Test
    void filtersAndOrderStandInTheAddress() {
        go("/");
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
        page.waitForCondition(() -> !guard.streams.isEmpty());
        Map<String, @Nullable Object> search = new LinkedHashMap<>(shop.slo(7));
        search.put("severity", "page");
        search.put("burnRate1h", 99.5);
        List<Map<String, @Nullable Object>> all = new java.util.ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(i == 7 ? search : shop.slo(i));
        }
        Locator row = page.locator(
                ".row[data-status]", new Page.LocatorOptions().setHas(page.locator("a[href='/slo/search_query']")));
        double before = row.boundingBox().y;
        guard.tell("slos", Map.of("at", Instant.now().toString(), "slos", all));
        assertThat(row).containsText("99.5×");
        assertThat(row.boundingBox().y).isEqualTo(before);
        assertThat(rows().first()).hasText("Order submit");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Order has changed: sort again"))
                .click();
        assertThat(rows().nth(2)).hasText("Search");
    }

    @Test
    void whoIsNotSignedInIsSentThereAndComesBack() {
        window.close();
        window = browser.anonymous(ColorScheme.LIGHT, 1440, 1000);
        page = window.newPage();
        go("/gate?answer=pause");
        assertThat(page).hasURL(Pattern.compile("/login\\?next="));
        page.getByLabel("Token").fill("wrong");
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("does not know this token");
        page.getByLabel("Token").fill(CannedGuard.TOKEN);
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile("/gate\\?answer=pause"));
        assertThat(page.locator("article")).hasCount(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT", "DARK"})
    void axeFindsNothingOnTheOverview(ColorScheme theme) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(theme));
        go("/");
        assertThat(rows()).hasCount(12);
        assertThat(page.locator("html")).hasAttribute("data-theme", theme.name().toLowerCase(java.util.Locale.ROOT));
        assertThat(Browser.violations(page)).isEmpty();
    }
}
