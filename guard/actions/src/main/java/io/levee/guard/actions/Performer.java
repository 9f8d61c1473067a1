package io.levee.guard.actions;

import io.levee.guard.store.Ledger;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests and starts the programs that the record says are due, at most once each: an entry says that one is
 * begun before it is. What a guard has begun and not finished when it died is not begun again, since nobody knows how far
 * it came; the record then says so. Not thread-safe.
 */
final class Performer implements AutoCloseable {
    /** So much longer than a request or a program may take, and nobody is still at it. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Journal journal;
    private final Webhooks webhooks;
    private final Function<String, @Nullable String> environment;
    private final Map<Job, Running> running = new HashMap<>();

    Performer(Journal journal, Function<String, @Nullable String> environment) {
        this.journal = journal;
        this.environment = environment;
        webhooks = new Webhooks(environment);
    }

    private record Job(String id, Deed.Phase phase) {}

    /**
     * Looks after what runs, and begins what is due.
     *
     * @param rules the rules in force by their names
     */
    void tick(Map<String, Rule> rules, Instant now) {
        collect(now);
        for (Deed deed : List.copyOf(journal.deeds().values())) {
            if (!deed.dry && isOutside(deed.type())) {
                perform(deed, rules.get(deed.rule), now);
            }
        }
    }

    private static boolean isOutside(String type) {
        return type.equals(Effect.Webhook.TYPE) || type.equals(Effect.Command.TYPE);
    }

    private void perform(Deed deed, @Nullable Rule rule, Instant now) {
        Ledger.Entry fired = deed.started(Deed.Phase.FIRE);
        if (fired == null) {
            if (deed.isOpen(now)) {
                begin(deed, Deed.Phase.FIRE, rule, now);
            }
            return;
        }
        if (!deed.hasResult(Deed.Phase.FIRE)) {
            giveUpOn(deed, Deed.Phase.FIRE, fired, now);
            return;
        }
        if (!deed.isEnded() || deed.hasResult(Deed.Phase.UNDO)) {
            return;
        }
        Ledger.Entry undone = deed.started(Deed.Phase.UNDO);
        if (undone != null) {
            giveUpOn(deed, Deed.Phase.UNDO, undone, now);
        } else if (hasUndo(effect(deed, rule))) {
            begin(deed, Deed.Phase.UNDO, rule, now);
        }
    }

    private static boolean hasUndo(@Nullable Effect effect) {
        return effect instanceof Effect.Webhook webhook
                ? webhook.undo() != null
                : effect instanceof Effect.Command command && !command.undo().isEmpty();
    }

    /** What the rule says now. Never what the ledger says: who can write there must not be able to run programs. */
    private static @Nullable Effect effect(Deed deed, @Nullable Rule rule) {
        Effect effect = rule == null || deed.index >= rule.effects().size()
                ? null
                : rule.effects().get(deed.index);
        return effect != null
                        && effect.type().equals(deed.type())
                        && effect.target().equals(Data.text(deed.fired, "target"))
                ? effect
                : null;
    }

    private void giveUpOn(Deed deed, Deed.Phase phase, Ledger.Entry started, Instant now) {
        Instant latest = Data.instant(started, "latest");
        if (!running.containsKey(new Job(deed.id, phase)) && (latest == null || latest.isBefore(now))) {
            finish(
                    deed,
                    phase,
                    failure(
                            "unknown: a guard ended while this ran, and it is not done twice; look where it was to go"));
        }
    }

    private void begin(Deed deed, Deed.Phase phase, @Nullable Rule rule, Instant now) {
        Effect effect = effect(deed, rule);
        if (effect == null) {
            // The rule was changed between the entry and now: what it meant is gone.
            return;
        }
        Map<String, @Nullable Object> data = about(deed, phase);
        data.put("latest", now.plus(longest(effect)).plus(GRACE).toString());
        journal.append(Kinds.STARTED, deed.fired.slo(), data);
        try {
            running.put(
                    new Job(deed.id, phase),
                    effect instanceof Effect.Webhook webhook
                            ? send(webhook, deed, phase, now)
                            : start((Effect.Command) effect, deed, phase, now));
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            finish(deed, phase, failure(e.getMessage() == null ? e.toString() : e.getMessage()));
        }
    }

    private static Duration longest(Effect effect) {
        return effect instanceof Effect.Webhook webhook
                ? webhook.longest()
                : effect instanceof Effect.Command command ? command.timeout() : Duration.ZERO;
    }

    private Running send(Effect.Webhook webhook, Deed deed, Deed.Phase phase, Instant now) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        Ledger.Entry entry = deed.ending() == null ? deed.fired : deed.ending();
        message.put("type", "levee." + (phase == Deed.Phase.FIRE ? Kinds.FIRED : entry.kind()));
        message.put("timestamp", now.toString());
        String advice = phase == Deed.Phase.FIRE ? advice(deed) : null;
        message.put(
                "text",
                deed.rule + " (" + deed.fired.slo() + "): " + (advice == null ? "" : advice + "; ")
                        + Data.text(entry, "reason"));
        Map<String, @Nullable Object> data = new LinkedHashMap<>(deed.fired.data());
        data.put("slo", deed.fired.slo());
        data.put("advice", advice);
        data.put("by", entry.actor());
        message.put("data", data);
        return webhooks.send(
                webhook,
                phase == Deed.Phase.FIRE || webhook.undo() == null ? webhook.url() : webhook.undo(),
                deed.id + '-' + phase.text(),
                message,
                now);
    }

    /** What the same firing advises people to do; null if its rule has no such sentence. */
    private @Nullable String advice(Deed deed) {
        return journal.deeds().values().stream()
                .filter(each -> each.firing.equals(deed.firing) && each.type().equals(Effect.Advice.TYPE))
                .map(each -> Data.text(each.fired, "text"))
                .findFirst()
                .orElse(null);
    }

    private Running start(Effect.Command command, Deed deed, Deed.Phase phase, Instant now) throws IOException {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("LEVEE_RULE", deed.rule);
        variables.put("LEVEE_SLO", String.valueOf(deed.fired.slo()));
        variables.put("LEVEE_ACTION_ID", deed.id);
        variables.put("LEVEE_PHASE", phase.text());
        variables.put("LEVEE_REASON", Data.text(deed.fired, "reason"));
        variables.put("LEVEE_UNTIL", deed.until.toString());
        if (deed.fired.data().get("figures") instanceof List<?> figures) {
            for (Object each : figures) {
                if (each instanceof Map<?, ?> figure) {
                    // LEVEE_BURN_RATE, LEVEE_LEFT and so on: the first of each.
                    variables.putIfAbsent(variable(figure.get("figure")), String.valueOf(figure.get("value")));
                }
            }
        }
        return CommandRun.start(
                phase == Deed.Phase.FIRE ? command.run() : command.undo(), command, variables, environment, now);
    }

    private static String variable(@Nullable Object figure) {
        return "LEVEE_" + String.valueOf(figure).replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
    }

    private void collect(Instant now) {
        for (Iterator<Map.Entry<Job, Running>> each = running.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Job, Running> next = each.next();
            Map<String, @Nullable Object> result = next.getValue().poll(now);
            if (result != null) {
                each.remove();
                Deed deed = journal.deeds().get(next.getKey().id());
                if (deed != null) {
                    finish(deed, next.getKey().phase(), result);
                }
            }
        }
    }

    private void finish(Deed deed, Deed.Phase phase, Map<String, @Nullable Object> result) {
        Map<String, @Nullable Object> data = about(deed, phase);
        data.putAll(result);
        journal.append(Kinds.RESULT, deed.fired.slo(), data);
    }

    private static Map<String, @Nullable Object> about(Deed deed, Deed.Phase phase) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("id", deed.id);
        data.put("rule", deed.rule);
        data.put("action", deed.type());
        data.put("target", Data.text(deed.fired, "target"));
        data.put("phase", phase.text());
        return data;
    }

    private static Map<String, @Nullable Object> failure(String error) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("ok", false);
        data.put("error", error);
        return data;
    }

    @Override
    public void close() {
        running.values().forEach(Running::stop);
        webhooks.close();
    }
}
