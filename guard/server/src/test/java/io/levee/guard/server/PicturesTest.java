package io.levee.guard.server;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.levee.servers.PlaywrightBrowser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Takes every page of a guard that runs, light and dark, wide and on a phone. Those that docs/console.md shows go there, the others
 * into the temporary folder.
 */
@EnabledIfSystemProperty(
        named = "levee.pictures",
        matches = "true",
        disabledReason = "so that a build leaves the pictures alone")
class PicturesTest {
    private static final Path DOCS = Path.of("../../docs");
    /** For whoever looks at all of them. */
    private static final Path OTHERS = Path.of(System.getProperty("java.io.tmpdir"), "levee-pictures");

    private static final int MOST_BYTES = 250_000;
    private static final List<String> PAGES =
            List.of("overview", "slo", "incident", "heatmap", "gate", "actions", "review");

    @Test
    void ofEveryPage(@TempDir Path folder) throws Exception {
        try (PlaywrightBrowser browser = PlaywrightBrowser.start();
                ShopGuard shop = new ShopGuard(folder)) {
            shop.askTheGate();
            shop.importTickets();
            vote(shop);
            for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                for (int width : new int[] {1280, 390}) {
                    try (BrowserContext window =
                            browser.signedIn(shop.uri(), shop.token("lead"), theme, width, width == 390 ? 844 : 860)) {
                        String kind = (width == 390 ? "-phone" : "") + (theme == ColorScheme.DARK ? "-dark" : "");
                        for (String page : PAGES) {
                            picture(window, shop, page, kind);
                        }
                    }
                }
            }
            assertThat(browser.complaints()).isEmpty();
        }
    }

    /** Five tokens, as one of them may vote for one role only. */
    private static void vote(ShopGuard shop) throws Exception {
        String month = shop.now.get().toString().substring(0, 7);
        JsonNode proposal = shop.post(
                "/api/v1/review/" + month + "/proposals",
                "{\"slo\":\"order-submit\",\"to\":\"0.999\",\"reason\":\"Half of the pages at night were for what customers did not notice\"}",
                "lead");
        String[][] votes = {
            {"product", "ann", "yes", "Customers ask for features, not for the last tenth"},
            {"development", "bo", "no", "The retries hide more than they should; fix these first"},
            {"sre", "ines", "yes", "Two of three incidents would still have paged"},
            {"support", "kim", "yes", "No ticket below a minute of failures"}
        };
        for (String[] each : votes) {
            shop.issue(each[1], each[1].equals("ines") ? "ines-sre" : each[1], "release");
            shop.post(
                    "/api/v1/review/proposals/" + proposal.path("id").asString() + "/votes",
                    String.format(
                            Locale.ROOT,
                            "{\"role\":\"%s\",\"vote\":\"%s\",\"reason\":\"%s\"}",
                            each[0],
                            each[2],
                            each[3]),
                    each[1]);
        }
    }

    private static String address(ShopGuard shop, String page) throws Exception {
        return switch (page) {
            case "overview" -> "/";
            case "slo" -> "/slo/order-submit";
            case "incident" ->
                "/slo/order-submit/incident/"
                        + shop.api("/api/v1/slos/order-submit/curve")
                                .path("incidents")
                                .get(0)
                                .path("id")
                                .asString();
            default -> "/" + page;
        };
    }

    private static void picture(BrowserContext window, ShopGuard shop, String name, String kind) throws Exception {
        Page page = window.newPage();
        page.navigate(shop.uri() + "/login"); // so that the typeface is there when the picture is taken
        page.waitForCondition(() -> (boolean) page.evaluate("document.fonts.check('16px Inter')"));
        page.navigate(shop.uri() + address(shop, name));
        assertThat(page.locator(".skeleton")).hasCount(0);
        assertThat(page.locator("#link")).hasText("Live");
        page.waitForCondition(
                () -> (boolean)
                        page.evaluate(
                                "[...document.querySelectorAll('.c4')].every(c => !c.offsetParent || c.getBoundingClientRect().top > innerHeight || !c.dataset.slo || c.firstChild)"));
        String file = "pictures/guard-" + name + kind + ".png";
        boolean shown = Files.readString(DOCS.resolve("console.md")).contains(file);
        byte[] image = page.screenshot(new Page.ScreenshotOptions().setPath((shown ? DOCS : OTHERS).resolve(file)));
        assertThat(image.length).as(name).isLessThan(MOST_BYTES);
        page.close();
    }
}
