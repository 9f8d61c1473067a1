package io.levee.guard.actions;

import io.levee.guard.store.Ledger;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fires rules and ends what they began. How long a condition has held is all that it keeps beside the record: when another
 * guard takes over, hold times begin anew. Not thread-safe.
 */
final class Keeper {
    private final Journal journal;
    private final Budgets budgets;
    private final Map<String, Instant> holdingSince = new HashMap<>();
    private final Map<String, Instant> clearSince = new HashMap<>();

    Keeper(Journal journal, Budgets budgets) {
        this.journal = journal;
        this.budgets = budgets;
    }

    /** @param rules the rules in force by their names */
    void tick(Map<String, Rule> rules, Instant now) {
        for (String name : journal.unended()) {
            if (!rules.containsKey(name)) {
                journal.firings(name)
                        .forEach(firing -> end(firing, Kinds.EXPIRED, "the rule is no longer in the file"));
            }
        }
        rules.values().forEach(rule -> tick(rule, now));
        holdingSince.keySet().retainAll(rules.keySet());
        clearSince.keySet().retainAll(rules.keySet());
    }

    private void tick(Rule rule, Instant now) {
        Standing standing = Standing.of(rule, journal.firings(rule.name()), budgets, now);
        Firing firing = standing.firing();
        if (firing != null) {
            holdingSince.remove(rule.name());
            whileFiring(rule, firing, now);
            return;
        }
        clearSince.remove(rule.name());
        Findings findings = new Findings();
        if (standing.state() != Standing.State.ARMED
                || rule.when().holds(rule.slo(), budgets, findings) != Truth.TRUE) {
            holdingSince.remove(rule.name());
            return;
        }
        if (!now.isBefore(since(holdingSince, rule, now).plus(rule.hold()))) {
            holdingSince.remove(rule.name());
            fire(rule, findings, now);
        }
    }

    private static Instant since(Map<String, Instant> times, Rule rule, Instant now) {
        return times.merge(rule.name(), now, (before, present) -> before.isAfter(present) ? present : before);
    }

    private void whileFiring(Rule rule, Firing firing, Instant now) {
        if (!now.isBefore(firing.until())) {
            end(firing, Kinds.EXPIRED, "its time limit of " + Rounded.duration(rule.limit()) + " is over");
            return;
        }
        boolean untouched = firing.deeds().stream().noneMatch(Deed::isEnded);
        if (untouched && firing.deeds().size() < rule.effects().size()) {
            // The guard that fired it died in the middle.
            Ledger.Entry first = firing.deeds().get(0).fired;
            write(rule, firing.id(), firing.until(), first.data().get("figures"), Data.text(first, "reason"), null);
        }
        Findings findings = new Findings();
        if (rule.isClear(budgets, findings) != Truth.TRUE) {
            clearSince.remove(rule.name());
        } else if (!now.isBefore(since(clearSince, rule, now).plus(rule.clearHold()))) {
            clearSince.remove(rule.name());
            end(firing, Kinds.UNDONE, "clear again: " + findings.reason());
        }
    }

    private void fire(Rule rule, Findings findings, Instant now) {
        String id = rule.name() + '-' + now.getEpochSecond();
        write(rule, id, now.plus(rule.limit()), findings.figures(), findings.reason(), findings);
    }

    /** Appends an entry for each action that has none. */
    private void write(
            Rule rule, String id, Instant until, @Nullable Object figures, String reason, @Nullable Findings findings) {
        Firing known = journal.firings(rule.name()).stream()
                .filter(firing -> firing.id().equals(id))
                .findFirst()
                .orElse(null);
        for (int index = 0; index < rule.effects().size(); index++) {
            if (known != null && known.has(index)) {
                continue;
            }
            Effect effect = rule.effects().get(index);
            Map<String, @Nullable Object> data = new LinkedHashMap<>();
            data.put("rule", rule.name());
            data.put("id", id + '-' + index);
            data.put("firing", id);
            data.put("index", index);
            data.put("action", effect.type());
            data.put("target", effect.target());
            if (effect instanceof Effect.Signal signal) {
                data.put("kind", signal.kind());
                data.put("value", signal.value());
            }
            if (effect instanceof Effect.Advice advice) {
                data.put(
                        "text",
                        advice.template()
                                .filled(rule.name(), rule.slo(), findings == null ? new Findings() : findings));
            }
            data.put("reason", reason);
            data.put("figures", figures);
            data.put("until", until.toString());
            boolean isAdvice = effect instanceof Effect.Advice;
            journal.append(rule.dryRun() ? Kinds.DRY : isAdvice ? Kinds.ADVICE : Kinds.FIRED, rule.slo(), data);
        }
    }

    private void end(Firing firing, String kind, String reason) {
        for (Deed deed : firing.deeds()) {
            if (!deed.isEnded()) {
                end(journal, deed, kind, "guard", reason);
            }
        }
    }

    /** Puts the end of an action on the record. An advice that is over has no text any more. */
    static void end(Journal journal, Deed deed, String kind, String actor, String reason) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("rule", deed.rule);
        data.put("id", deed.id);
        data.put("firing", deed.firing);
        data.put("action", deed.type());
        data.put("target", Data.text(deed.fired, "target"));
        data.put("reason", reason);
        boolean isAdvice = deed.type().equals(Effect.Advice.TYPE);
        if (isAdvice) {
            data.put("text", null);
        }
        if (deed.dry) {
            data.put("ended", true);
        }
        journal.append(deed.dry ? Kinds.DRY : isAdvice ? Kinds.ADVICE : kind, deed.fired.slo(), actor, data);
    }
}
