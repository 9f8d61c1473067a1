package io.levee.guard.browser;

import io.levee.guard.slo.gate.Event;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreException;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What browsers saw: the script for pages, the address that it reports to, and the join with what backends say of the same
 * trace. See docs/browser.md for what counts as what. Thread-safe.
 */
public final class Browser {
    private static final String LOSS = "browser.loss";
    private static final int HOURS_SHOWN = 24;
    private static final int HOURS_KEPT = 48;

    private final BrowserSettings settings;
    private final Store store;
    private final InstantSource time;
    private final Script script = Script.javascript();
    private final Script types = Script.types();
    private final Joiner joiner;
    private final Views views;
    private final Tallies tallies = new Tallies();
    /** Hours that are over and not in the ledger yet. Only the thread that ticks touches them. */
    private final Deque<Loss> unsaved = new ArrayDeque<>();

    private Instant hour;

    /**
     * Begins with nothing seen.
     *
     * @param settings which pages may report, and the limits
     * @param store counts the events, and keeps the estimates of what was lost
     * @param time the wall clock; an event happens when its report comes, since browsers' clocks are wrong
     */
    public Browser(BrowserSettings settings, Store store, InstantSource time) {
        this.settings = settings;
        this.store = store;
        this.time = time;
        joiner = new Joiner(settings.joins(), settings.joinWindow());
        views = new Views(time.instant());
        hour = time.instant().truncatedTo(ChronoUnit.HOURS);
    }

    /**
     * Adds the script, its types, the address for reports, and {@code GET /api/v1/browser}.
     *
     * @param routes the server's
     */
    public void addTo(Routes routes) {
        routes.add("GET", "/browser/levee.js", null, request -> script.answer());
        routes.add("GET", "/browser/levee.d.ts", null, request -> types.answer());
        Endpoint endpoint = new Endpoint(settings, store, time, joiner, views, tallies);
        routes.add("POST", "/browser/v1/report", null, endpoint::report);
        routes.add("OPTIONS", "/browser/v1/report", null, endpoint::mayReport);
        routes.add("GET", "/api/v1/browser", Role.VIEWER, request -> Answer.json(figures()));
    }

    /**
     * The store for those who bring the events of backends, so that these are joined with what browsers say.
     *
     * @return the same store
     */
    public Store joined() {
        return new JoinedStore(store, events -> {
            Instant now = time.instant();
            joiner.seen(events, now);
            if (joiner.waiting() > Joiner.MOST_WAITING) {
                countDue(now);
            }
        });
    }

    /**
     * Counts failures of backends that no browser has spoken of in time, and writes down each hour's loss. A store that cannot
     * be written is tried again the next time.
     *
     * @param now the present; call it about once a second, from one thread
     * @throws StoreException if the store cannot be written
     */
    public void tick(Instant now) {
        views.settle(now);
        Instant present = now.truncatedTo(ChronoUnit.HOURS);
        if (present.isAfter(hour)) {
            hour = present;
            Loss loss = views.take(now);
            if (loss.views() > 0) {
                unsaved.addLast(loss);
            }
            if (unsaved.size() > HOURS_KEPT) {
                unsaved.removeFirst();
            }
        }
        countDue(now);
        while (!unsaved.isEmpty()) {
            store.ledger().append(LOSS, null, "guard", unsaved.getFirst().toMap());
            unsaved.removeFirst();
        }
    }

    private void countDue(Instant now) {
        List<Event> due = joiner.due(now);
        if (!due.isEmpty()) {
            store.append(due);
            joiner.counted(due);
        }
    }

    /**
     * How many reports there were since the guard began, by what became of them: {@code counted}, {@code origin},
     * {@code limited}, {@code large}, {@code type}, {@code junk}, {@code failed}.
     *
     * @return a copy; without those of which there were none
     */
    public Map<String, Long> reports() {
        return tallies.reports();
    }

    /** What a person asks: what fails most, what was lost, and the hash of the script that is served. */
    private Map<String, @Nullable Object> figures() {
        Instant now = time.instant();
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("at", now);
        all.put("script", Map.of("path", "/browser/levee.js", "integrity", script.integrity()));
        all.put("reports", tallies.reports());
        all.put("failures", tallies.failures());
        all.put("views", Map.of("live", views.live(), "untracked", views.untracked()));
        all.put("waitingForBrowsers", joiner.waiting());
        all.put("loss", views.sofar(now).toMap());
        all.put(
                "hours",
                store.ledger().read(Ledger.Query.of(LOSS).most(HOURS_SHOWN)).stream()
                        .map(Ledger.Entry::data)
                        .toList());
        return all;
    }
}
