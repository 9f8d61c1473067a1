package io.levee.servers;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.RequestOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The system's Chromium, driven by Playwright; tests are skipped, and say so, where there is none. Who uses it brings
 * Playwright and axe along: they are large.
 */
public final class PlaywrightBrowser implements AutoCloseable {
    /** For a machine that is ten times slower than a quiet one. */
    private static final int PATIENCE_MS = 30_000;

    private final Playwright playwright;
    private final Browser browser;
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private PlaywrightBrowser(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /**
     * Starts one.
     *
     * @return without a window yet
     */
    public static PlaywrightBrowser start() {
        Path program = Program.installed("chromium", "chromium");
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        return new PlaywrightBrowser(
                playwright,
                playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(program)
                                .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"))));
    }

    /**
     * What the pages threw or wrote to their console as an error.
     *
     * @return a live list; a test may clear it
     */
    public List<String> complaints() {
        return complaints;
    }

    /**
     * A window that has signed in. Its zone is fixed, so that what it writes is the same everywhere.
     *
     * @param guard whose pages are looked at
     * @param token signed in with
     * @param theme of the system
     * @param width in pixels
     * @param height in pixels
     * @return to be closed
     */
    public BrowserContext signedIn(URI guard, String token, ColorScheme theme, int width, int height) {
        BrowserContext context = anonymous(theme, width, height);
        int status = context.request()
                .post(
                        guard + "/login",
                        RequestOptions.create().setData(Map.of("token", token)).setHeader("Origin", guard.toString()))
                .status();
        if (status != 200) {
            throw new AssertionError("the login answered " + status);
        }
        return context;
    }

    /**
     * A window that has not signed in.
     *
     * @param theme of the system
     * @param width in pixels
     * @param height in pixels
     * @return to be closed
     */
    public BrowserContext anonymous(ColorScheme theme, int width, int height) {
        BrowserContext context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(theme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setLocale("en-GB")
                .setTimezoneId("Europe/Berlin"));
        context.onWebError(error -> complaints.add(error.error()));
        context.onConsoleMessage(message -> {
            // A refusal that a test has asked for is told by the page, and written by the browser as well.
            if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) {
                complaints.add(message.text());
            }
        });
        context.setDefaultTimeout(PATIENCE_MS);
        return context;
    }

    /**
     * What axe finds.
     *
     * @param page looked at as it is now
     * @return a line for each element; empty for a page that passes
     */
    public static List<String> violations(Page page) {
        return violations(page, "{resultTypes: ['violations']}", 10);
    }

    /**
     * What axe finds in the colours alone: all that another theme can change.
     *
     * @param page looked at as it is now
     * @return a line for each element; empty for a page that passes
     */
    public static List<String> violationsOfColours(Page page) {
        return violations(
                page,
                // By name: the tag of colours brings the rule for twice the contrast (level AAA) along, which is off
                // otherwise.
                "{resultTypes: ['violations'], runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}}",
                1);
    }

    /**
     * What axe finds in anything but the colours: all that another width can change.
     *
     * @param page looked at as it is now
     * @return a line for each element; empty for a page that passes
     */
    public static List<String> violationsOfLayout(Page page) {
        return violations(page, "{resultTypes: ['violations'], rules: {'color-contrast': {enabled: false}}}", 10);
    }

    private static List<String> violations(Page page, String options, int leastPasses) {
        if (!(boolean) page.evaluate("typeof axe === 'object'")) {
            page.evaluate(AXE);
        }
        @SuppressWarnings("unchecked")
        List<String> found = (List<String>)
                page.evaluate(
                        "axe.run(document, " + options + ").then(r => {"
                                + "if (r.passes.length < " + leastPasses
                                + ") throw new Error('axe has looked at nothing');"
                                + "return r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target + ' ' + n.failureSummary))})");
        return found;
    }

    private static final String AXE;

    static {
        try (InputStream in = PlaywrightBrowser.class.getResourceAsStream("/axe.min.js")) {
            AXE = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
