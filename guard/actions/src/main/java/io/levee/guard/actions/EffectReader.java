package io.levee.guard.actions;

import io.levee.guard.slo.Ratio;
import io.levee.yaml.read.Section;
import io.levee.yaml.read.Shown;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a rule does. */
final class EffectReader {
    private static final List<String> TYPES = List.of("signal", "webhook", "command");
    private static final List<String> VALUES = List.of("fallback", "breaker", "limit", "weights");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int HIGHEST_WEIGHT = 1_000_000;
    private static final int MOST_ATTEMPTS = 10;
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

    private final Set<String> hosts;

    /** @param hosts where webhooks may go */
    EffectReader(Set<String> hosts) {
        this.hosts = hosts;
    }

    List<Effect> read(Section rule) {
        List<Effect> effects = new ArrayList<>();
        for (Section block : rule.sections("then", TYPES)) {
            List<String> given = TYPES.stream().filter(block::has).toList();
            if (given.size() != 1) {
                block.problem("must have exactly one of " + String.join(", ", TYPES) + ", has " + given.size()
                        + (given.size() > 1 ? "; begin each with a - of its own" : ""));
                continue;
            }
            Effect effect = switch (given.get(0)) {
                case "signal" ->
                    signal(block.section("signal", List.of("name", "fallback", "breaker", "limit", "weights")));
                case "webhook" ->
                    webhook(block.section(
                            "webhook", List.of("url", "secretEnv", "tokenEnv", "timeout", "attempts", "undo")));
                default -> command(block.section("command", List.of("run", "env", "timeout", "undo")));
            };
            if (effect != null) {
                effects.add(effect);
            }
        }
        return effects;
    }

    private static @Nullable Effect signal(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        if (!section.has("name")) {
            section.problem("name is missing: what the library asks for");
        }
        String name = section.text("name");
        List<String> given = VALUES.stream().filter(section::has).toList();
        if (given.size() != 1) {
            section.problem("must have exactly one of " + String.join(", ", VALUES) + ", has " + given.size());
            return null;
        }
        String kind = given.get(0);
        Object value = switch (kind) {
            case "fallback" -> section.flag(kind);
            case "breaker" -> section.word(kind, List.of("open", "closed"));
            case "limit" -> section.value(kind, "a share such as 50%", EffectReader::share);
            default -> weights(section);
        };
        return name == null || value == null ? null : new Effect.Signal(name, kind, value);
    }

    /** As a decimal, since it goes out as JSON. */
    private static BigDecimal share(String text) {
        Ratio share = Ratio.parse(text);
        if (share.signum() <= 0 || share.compareTo(Ratio.ONE) >= 0) {
            throw new IllegalArgumentException("must be a share above 0 and below 1 (or 100%), is " + text
                    + "; to let nothing through force the breaker open");
        }
        return share.toDecimal(6, RoundingMode.HALF_UP).stripTrailingZeros();
    }

    private static @Nullable Map<String, Object> weights(Section section) {
        Section named = section.names("weights");
        if (named == null) {
            return null;
        }
        Map<String, Object> weights = new LinkedHashMap<>();
        long sum = 0;
        for (String target : named.keys()) {
            Integer weight = named.integer(target, given -> {
                if (given < 0 || given > HIGHEST_WEIGHT) {
                    throw new IllegalArgumentException("must be from 0 to " + HIGHEST_WEIGHT + ", is " + given);
                }
                return given;
            });
            if (weight != null) {
                weights.put(target, weight);
                sum += weight;
            }
        }
        if (sum == 0) {
            section.problem("weights", "needs at least one target with a weight above 0");
            return null;
        }
        return weights;
    }

    private @Nullable Effect webhook(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        if (!section.has("url")) {
            section.problem("url is missing");
        }
        URI url = section.value("url", "a URL", this::url);
        URI undo = section.value("undo", "a URL", this::url);
        String secret = section.value("secretEnv", "the name of an environment variable", EffectReader::variable);
        String token = section.value("tokenEnv", "the name of an environment variable", EffectReader::variable);
        Duration timeout = timeout(section, Duration.ofSeconds(5));
        Integer attempts = section.integer("attempts", count -> {
            if (count < 1 || count > MOST_ATTEMPTS) {
                throw new IllegalArgumentException("must be from 1 to " + MOST_ATTEMPTS + ", is " + count);
            }
            return count;
        });
        return url == null
                ? null
                : new Effect.Webhook(url, secret, token, timeout, attempts == null ? 3 : attempts, undo);
    }

    private URI url(String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(Shown.quoted(text) + " is no URL: " + e.getReason(), e);
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new IllegalArgumentException(
                    Shown.quoted(text) + " is no URL; write such as https://hooks.example.com/slo");
        }
        if (url.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "must not hold a password; put it into an environment variable and name that in tokenEnv");
        }
        String host = url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
        if (hosts.stream().noneMatch(host::equalsIgnoreCase)) {
            throw new IllegalArgumentException(
                    "goes to " + Shown.quoted(host)
                            + ", which is none of the hosts that this file allows; add it to hosts at its top if that is right");
        }
        return url;
    }

    private static String variable(String text) {
        if (!VARIABLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "must be the name of an environment variable, such as LEVEE_WEBHOOK_SECRET, and not the value itself");
        }
        return text;
    }

    private static Duration timeout(Section section, Duration otherwise) {
        Duration timeout = section.duration("timeout", given -> {
            if (given.toMillis() < 1 || given.compareTo(LONGEST_TIMEOUT) > 0) {
                throw new IllegalArgumentException("must be from 1ms to 10m, is " + Rounded.duration(given));
            }
            return given;
        });
        return timeout == null ? otherwise : timeout;
    }

    private static @Nullable Effect command(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        List<String> run = section.arguments("run");
        if (run.isEmpty()) {
            section.problem(
                    "run",
                    "must be a list of the program and its arguments, such as [kubectl, rollout, undo]; no shell reads it");
        }
        List<String> pass = List.copyOf(section.texts("env", VARIABLE, "name of an environment variable"));
        return new Effect.Command(run, pass, timeout(section, Duration.ofSeconds(30)), section.arguments("undo"));
    }
}
