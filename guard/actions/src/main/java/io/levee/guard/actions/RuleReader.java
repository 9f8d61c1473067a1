package io.levee.guard.actions;

import io.levee.yaml.read.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one rule. */
final class RuleReader {
    static final List<String> KEYS = List.of(
            "slo",
            "enabled",
            "when",
            "clear",
            "for",
            "clearFor",
            "coolDown",
            "limit",
            "dryRun",
            "mostPerDay",
            "then",
            "advice");

    private static final Duration LONGEST = Duration.ofDays(7);
    private static final Duration DEFAULT_CLEAR_HOLD = Duration.ofSeconds(30);
    private static final Duration DEFAULT_COOL_DOWN = Duration.ofMinutes(5);
    private static final Duration DEFAULT_LIMIT = Duration.ofMinutes(30);
    private static final int DEFAULT_PER_DAY = 10;
    private static final int MOST_PER_DAY = 1_000;

    private final EffectReader effects;

    /** @param hosts where webhooks may go */
    RuleReader(Set<String> hosts) {
        effects = new EffectReader(hosts);
    }

    @Nullable
    Rule read(String name, Section section) {
        for (String key : List.of("slo", "when")) {
            if (!section.has(key)) {
                section.problem(key + " is missing");
            }
        }
        String slo = section.text("slo");
        Condition when = ConditionReader.read(section, "when");
        Condition clear = ConditionReader.read(section, "clear");
        Duration hold = length(section, "for", Duration.ZERO, Duration.ZERO);
        Duration clearHold = length(section, "clearFor", Duration.ZERO, DEFAULT_CLEAR_HOLD);
        Duration coolDown = length(section, "coolDown", Duration.ZERO, DEFAULT_COOL_DOWN);
        Duration limit = length(section, "limit", Duration.ofSeconds(1), DEFAULT_LIMIT);
        Integer mostPerDay = section.integer("mostPerDay", count -> {
            if (count < 1 || count > MOST_PER_DAY) {
                throw new IllegalArgumentException("must be from 1 to " + MOST_PER_DAY + ", is " + count);
            }
            return count;
        });
        Boolean enabled = section.flag("enabled");
        Boolean dryRun = section.flag("dryRun");
        List<Effect> then = effects.read(section);
        if (!section.has("then") && !section.has("advice")) {
            section.problem("then is missing: a list of signal, webhook and command; or write advice: a sentence");
        }
        Effect advice = when == null ? null : advice(section, when);
        List<Effect> all = new ArrayList<>();
        if (advice != null) {
            // First, so that it is there before anything slow is done.
            all.add(advice);
        }
        all.addAll(then);
        if (slo == null || when == null) {
            return null;
        }
        return new Rule(
                name,
                slo,
                !Boolean.FALSE.equals(enabled),
                when,
                clear,
                hold,
                clearHold,
                coolDown,
                limit,
                Boolean.TRUE.equals(dryRun),
                mostPerDay == null ? DEFAULT_PER_DAY : mostPerDay,
                all);
    }

    private static @Nullable Effect advice(Section section, Condition when) {
        List<String> figures =
                when.leaves().stream().map(leaf -> leaf.kind().key).distinct().toList();
        Template template = section.value("advice", "a sentence", text -> new Template(text).checked(figures));
        return template == null ? null : new Effect.Advice(template);
    }

    private static Duration length(Section section, String key, Duration least, Duration otherwise) {
        Duration length = section.duration(key, given -> {
            if (given.compareTo(least) < 0 || given.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("must be from " + Rounded.duration(least) + " to "
                        + Rounded.duration(LONGEST) + ", is " + Rounded.duration(given));
            }
            return given;
        });
        return length == null ? otherwise : length;
    }
}
