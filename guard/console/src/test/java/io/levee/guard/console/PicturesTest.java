package io.levee.guard.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Makes the pictures of docs/console.md anew. */
@EnabledIfSystemProperty(
        named = "levee.pictures",
        matches = "true",
        disabledReason = "so that a build leaves the pictures alone")
class PicturesTest {
    private static final Path FOLDER = Path.of("../../docs/pictures");
    private static final int MOST_BYTES = 200_000;

    private final Shop shop = new Shop(Instant.now());

    @Test
    void ofEveryPage() {
        try (Browser browser = Browser.start();
                CannedGuard guard = new CannedGuard(shop)) {
            String incident = "/slo/order_submit/incident/"
                    + shop.incidents("order_submit").get(2).get("id");
            try (BrowserContext window =
                    browser.signedIn(guard.uri(), CannedGuard.LEAD, ColorScheme.LIGHT, 1280, 860)) {
                picture(window, guard, "/", "overview");
                picture(window, guard, "/slo/order_submit", "slo");
                picture(window, guard, incident, "incident");
                picture(window, guard, "/heatmap", "heatmap");
                picture(window, guard, "/gate", "gate");
                picture(window, guard, "/actions", "actions");
                picture(window, guard, "/review", "review");
            }
            try (BrowserContext window = browser.signedIn(guard.uri(), CannedGuard.LEAD, ColorScheme.DARK, 1280, 860)) {
                picture(window, guard, "/", "overview-dark");
                picture(window, guard, "/slo/order_submit", "slo-dark");
            }
            try (BrowserContext window = browser.signedIn(guard.uri(), CannedGuard.LEAD, ColorScheme.LIGHT, 390, 844)) {
                picture(window, guard, "/", "overview-phone");
            }
            try (BrowserContext window = browser.signedIn(guard.uri(), CannedGuard.LEAD, ColorScheme.DARK, 390, 844)) {
                picture(window, guard, "/slo/order_submit", "slo-phone-dark");
            }
            assertThat(browser.complaints).isEmpty();
        }
    }

    private static void picture(BrowserContext window, CannedGuard guard, String path, String name) {
        Page page = window.newPage();
        page.navigate(guard.uri() + "/login"); // so that the typeface is there when the picture is taken
        page.waitForCondition(() -> (boolean) page.evaluate("document.fonts.check('16px Inter')"));
        page.navigate(guard.uri() + path);
        assertThat(page.locator(".skeleton")).hasCount(0);
        assertThat(page.locator("#link")).hasText("Live");
        page.waitForCondition(
                () -> (boolean)
                        page.evaluate(
                                "[...document.querySelectorAll('.c4')].every(c => !c.offsetParent || c.getBoundingClientRect().top > innerHeight || !c.dataset.slo || c.firstChild)"));
        byte[] image = page.screenshot(new Page.ScreenshotOptions().setPath(FOLDER.resolve("guard-" + name + ".png")));
        assertThat(image.length).as(name).isLessThan(MOST_BYTES);
        page.close();
    }
}
