package io.levee.guard.server;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import io.levee.servers.PlaywrightBrowser;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When the overview of 1,000 objectives with four weeks of events is first seen in Chromium, after the guard was started anew:
 * prints how long the start took and the browser's own figures, and asserts only that all rows came.
 */
@Tag("full")
class FirstPaintFigures {
    private static final int OBJECTIVES = 1_000;
    private static final int HOURS = 28 * 24;
    private static final int ROUNDS = 5;

    @Test
    void ofAThousandObjectives(@TempDir Path folder) throws Exception {
        String token = fill(folder);
        long start = System.nanoTime();
        try (Guard guard = Guard.start(settings(folder));
                PlaywrightBrowser browser = PlaywrightBrowser.start();
                BrowserContext window = browser.signedIn(guard.uri(), token, ColorScheme.LIGHT, 1440, 1000)) {
            System.out.printf("the guard and Chromium: %,d ms to start%n", (System.nanoTime() - start) / 1_000_000);
            for (int round = 0; round < ROUNDS; round++) {
                Page page = window.newPage();
                page.navigate(guard.uri() + "/");
                assertThat(page.locator(".body a[data-row]"))
                        .hasCount(OBJECTIVES, new LocatorAssertions.HasCountOptions().setTimeout(120_000));
                System.out.printf(
                        "%s: first paint %.0f ms, first contentful paint %.0f ms, first rows %.0f ms, the list's answer %.0f ms"
                                + " after its question (load %.1f)%n",
                        round == 0 ? "nothing cached" : "files cached",
                        number(page, "performance.getEntriesByName('first-paint')[0].startTime"),
                        number(page, "performance.getEntriesByName('first-contentful-paint')[0].startTime"),
                        number(page, "performance.getEntriesByName('levee-first-rows')[0].startTime"),
                        number(
                                page,
                                "performance.getEntriesByType('resource').filter(e => e.name.endsWith('/api/v1/slos'))[0].duration"),
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
                page.close();
            }
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static double number(Page page, String expression) {
        return ((Number) page.evaluate(expression)).doubleValue();
    }

    private static GuardSettings settings(Path folder) {
        return new GuardSettings(folder.resolve("slo"), StoreSettings.folder(folder.resolve("data"))).port(0);
    }

    private static String fill(Path folder) throws Exception {
        Path slos = Files.createDirectory(folder.resolve("slo"));
        StringBuilder documents = new StringBuilder();
        for (int i = 0; i < OBJECTIVES; i++) {
            documents
                    .append(TestGuard.slo("slo-" + i).replace("service: shop", "service: shop-" + i / 8))
                    .append("---\n");
        }
        Files.writeString(slos.resolve("all.yaml"), documents.substring(0, documents.length() - 4));
        Store store = Stores.open(StoreSettings.folder(folder.resolve("data")));
        try (Guard guard = Guard.start(settings(folder), store)) {
            fill(store);
            return guard.firstToken();
        }
    }

    private static void fill(Store store) {
        Instant now = Instant.now();
        for (int hour = HOURS; hour >= 0; hour--) {
            List<Store.Bulk> bulks = new ArrayList<>();
            for (int i = 0; i < OBJECTIVES; i++) {
                bulks.add(bulk(i, now.minus(Duration.ofHours(hour)), Event.Outcome.GOOD, 60_000));
                bulks.add(bulk(i, now.minus(Duration.ofHours(hour)), Event.Outcome.BAD, i % 40));
            }
            store.appendBulk(bulks);
        }
    }

    private static Store.Bulk bulk(int objective, Instant at, Event.Outcome outcome, long count) {
        Event event = new Event(
                null,
                at,
                "shop-" + objective / 8,
                "slo-" + objective,
                null,
                outcome,
                "1",
                Environment.PRODUCTION,
                null,
                null,
                null,
                1,
                false,
                null);
        return new Store.Bulk(event, count);
    }
}
