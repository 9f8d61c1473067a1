package io.levee.config;

import io.levee.yaml.read.Section;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what a file says of services, beside how they are called: {@code facts} and {@code lintIgnore}. */
final class FactsReader {
    private static final List<String> OF_A_SERVICE = List.of("service", "callerTimeout", "deadlineFromCaller");
    private static final List<String> OF_A_DOWNSTREAM =
            List.of("service", "idleTimeout", "capacityPerSecond", "clientAttempts", "sideEffects");

    private FactsReader() {}

    static ServiceFacts service(Section file) {
        Section facts = file.section("facts", OF_A_SERVICE);
        return facts == null
                ? new ServiceFacts(null, null, false)
                : new ServiceFacts(
                        facts.text("service"),
                        facts.duration("callerTimeout", FactsReader::positive),
                        Boolean.TRUE.equals(facts.flag("deadlineFromCaller")));
    }

    static DownstreamFacts downstream(Section downstream) {
        Map<String, String> ignored = ignored(downstream);
        Section facts = downstream.section("facts", OF_A_DOWNSTREAM);
        if (facts == null) {
            return new DownstreamFacts(null, null, null, 1, false, ignored);
        }
        Integer clientAttempts = facts.integer("clientAttempts", FactsReader::positive);
        return new DownstreamFacts(
                facts.text("service"),
                facts.duration("idleTimeout", FactsReader::positive),
                facts.number("capacityPerSecond", FactsReader::positive),
                clientAttempts == null ? 1 : clientAttempts,
                Boolean.TRUE.equals(facts.flag("sideEffects")),
                ignored);
    }

    private static Map<String, String> ignored(Section downstream) {
        Section rules = downstream.names("lintIgnore");
        Map<String, String> ignored = new LinkedHashMap<>();
        if (rules != null) {
            for (String rule : rules.keys()) {
                String reason = rules.text(rule);
                if (reason != null) {
                    ignored.put(rule, reason);
                }
            }
        }
        return ignored;
    }

    private static Duration positive(Duration time) {
        if (time.isZero()) {
            throw new IllegalArgumentException("must be more than zero");
        }
        return time;
    }

    private static int positive(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("counts the first one and must be 1 or more, is " + number);
        }
        return number;
    }

    private static @Nullable Double positive(double number) {
        if (!(number > 0 && number <= 1e9)) {
            throw new IllegalArgumentException("must be more than 0 and at most 10^9, is " + number);
        }
        return number;
    }
}
