package io.levee.guard.actions;

import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Request;
import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import io.levee.guard.web.WebException;
import io.levee.yaml.Problem;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is done when an error budget burns: webhooks, programs, and signals that the library reads at once, by rules of a file
 * ({@link ActionFile}). All that it knows is on the store's record, so a restart or another guard goes on where the last one
 * stopped, and what was fired is not fired again. Thread-safe; {@link #tick} is called by one thread.
 */
public final class Actions implements AutoCloseable {
    private static final int MOST_ENTRIES = 1_000;
    private static final int DEFAULT_ENTRIES = 200;

    private final InstantSource clock;
    private final RuleFile file;
    private final Journal journal;
    private final SignalBoard board;
    private final AutoCloseable subscription;

    /** By tick and by requests, one at a time: guards the three below. */
    private final Object lock = new Object();

    private final Budgets budgets;
    private final Keeper keeper;
    private final Performer performer;

    /**
     * How it is set up.
     *
     * @param file the file of rules, read again when it changes; without it there are no rules
     * @param environment where secrets and what commands get are looked up, by the names of variables
     */
    public record Settings(Path file, Function<String, @Nullable String> environment) {
        /**
         * With the environment of this process.
         *
         * @param file the file of rules
         * @return the settings
         */
        public static Settings of(Path file) {
            return new Settings(file, System::getenv);
        }
    }

    /**
     * Reads what is on the record.
     *
     * @param catalog the objectives
     * @param store the counts and the record
     * @param clock the wall clock
     * @param settings the file of rules
     */
    public Actions(Supplier<Catalog> catalog, Store store, InstantSource clock, Settings settings) {
        this.clock = clock;
        file = new RuleFile(settings.file());
        Instant now = clock.instant();
        Ledger ledger = store.ledger();
        journal = new Journal(ledger, now);
        board = new SignalBoard(journal);
        budgets = new Budgets(catalog, store);
        keeper = new Keeper(journal, budgets);
        performer = new Performer(journal, settings.environment());
        subscription = ledger.subscribe(this::told);
    }

    private void told(Ledger.Entry entry) {
        if (entry.kind().startsWith("action.") || entry.kind().equals(Kinds.ADVICE)) {
            journal.add(entry);
            board.publish(clock.instant());
        }
    }

    /**
     * Adds the routes of actions and signals.
     *
     * @param routes where to
     */
    public void addTo(Routes routes) {
        routes.add("GET", "/api/v1/actions", Role.VIEWER, this::list);
        routes.add("POST", "/api/v1/actions/{id}/undo", Role.LEAD, this::undo);
        routes.add("GET", "/api/v1/signals", Role.INGEST, request -> Answer.json(signals()));
        routes.stream("/api/v1/signals/stream", Role.INGEST, (request, sink) -> board.open(sink, clock.instant()));
    }

    /**
     * Looks at all rules once: fires, ends, sends, collects. Called about every second, only while this guard leads. Never
     * blocks for long: requests and programs run beside it.
     *
     * @param now the present instant
     */
    public void tick(Instant now) {
        synchronized (lock) {
            Map<String, Rule> rules = rules();
            journal.catchUp(now);
            budgets.at(now);
            keeper.tick(rules, now);
            performer.tick(rules, now);
        }
        board.publish(now);
    }

    private Map<String, Rule> rules() {
        Map<String, Rule> rules = new LinkedHashMap<>();
        file.now().file().rules().forEach(rule -> rules.put(rule.name(), rule));
        return rules;
    }

    private Answer list(Request request) {
        return Answer.json(overview(most(request)));
    }

    /** All rules with their states, what is wrong with the file, and the newest entries. */
    Map<String, @Nullable Object> overview(int most) {
        Instant now = clock.instant();
        journal.catchUp(now);
        List<Map<String, @Nullable Object>> shown = new ArrayList<>();
        synchronized (lock) {
            budgets.at(now);
            for (Rule rule : rules().values()) {
                Standing standing = Standing.of(rule, journal.firings(rule.name()), budgets, now);
                Instant until = standing.until();
                Map<String, @Nullable Object> row = new LinkedHashMap<>(rule.shown());
                row.put("state", standing.state().text);
                row.put("until", until == null ? null : until.toString());
                row.put("why", standing.why());
                shown.add(row);
            }
        }
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("at", now.toString());
        answer.put("rules", shown);
        answer.put(
                "problems", file.now().problems().stream().map(Problem::toMap).toList());
        answer.put("entries", journal.newest(most).stream().map(Actions::shown).toList());
        return answer;
    }

    /** The signals in force. */
    Map<String, @Nullable Object> signals() {
        journal.catchUp(clock.instant());
        return board.snapshot(clock.instant());
    }

    private static int most(Request request) {
        String most = request.query("most");
        if (most == null) {
            return DEFAULT_ENTRIES;
        }
        if (!most.matches("[0-9]{1,4}") || Integer.parseInt(most) > MOST_ENTRIES) {
            throw new WebException(400, "most must be from 0 to " + MOST_ENTRIES + ", is '" + most + "'");
        }
        return Integer.parseInt(most);
    }

    private static Map<String, @Nullable Object> shown(Ledger.Entry entry) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("seq", entry.seq());
        shown.put("at", entry.at().toString());
        shown.put("kind", entry.kind());
        shown.put("slo", entry.slo());
        shown.put("actor", entry.actor());
        shown.put("data", entry.data());
        return shown;
    }

    private Answer undo(Request request) {
        return Answer.json(Map.of("undone", undo(request.part("id"), request.actor(), reason(request))));
    }

    /** Takes an action back, or all of a firing. What has to be sent or run for it, the guard that leads does at its next tick. */
    List<String> undo(String id, String actor, String reason) {
        Instant now = clock.instant();
        journal.catchUp(now);
        List<String> undone = new ArrayList<>();
        synchronized (lock) {
            List<Deed> deeds = journal.deeds().values().stream()
                    .filter(deed -> deed.id.equals(id) || deed.firing.equals(id))
                    .toList();
            if (deeds.isEmpty()) {
                throw new WebException(
                        404, "there is no action and no firing '" + id + "'; GET /api/v1/actions lists them");
            }
            for (Deed deed : deeds) {
                if (deed.isOpen(now) && !deed.dry) {
                    Keeper.end(journal, deed, Kinds.UNDONE, actor, reason);
                    undone.add(deed.id);
                }
            }
            if (undone.isEmpty()) {
                Deed last = deeds.get(deeds.size() - 1);
                throw new WebException(
                        409,
                        last.dry
                                ? "'" + id + "' was a dry run; nothing was done, so nothing can be undone"
                                : "'" + id + "' has ended already, at " + last.end());
            }
        }
        board.publish(now);
        return undone;
    }

    private static String reason(Request request) {
        if (request.body().length == 0) {
            return "undone by " + request.actor();
        }
        Object reason = request.json().get("reason");
        return reason instanceof String text && !text.isBlank() ? text : "undone by " + request.actor();
    }

    /** Ends what runs. */
    @Override
    public void close() {
        synchronized (lock) {
            performer.close();
        }
        try {
            subscription.close();
        } catch (Exception e) {
            throw new IllegalStateException("the record's subscription cannot be closed", e);
        }
    }
}
