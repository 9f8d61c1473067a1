package io.levee.config;

import io.levee.Backoff;
import io.levee.Breaker;
import io.levee.Bulkhead;
import io.levee.CauseChain;
import io.levee.Classifier;
import io.levee.ConcurrencyLimit;
import io.levee.Hedge;
import io.levee.Levee;
import io.levee.Limiter;
import io.levee.Protection;
import io.levee.RetryBudget;
import io.levee.RetryPolicy;
import io.levee.Throttle;
import io.levee.yaml.read.Section;
import io.levee.yaml.read.Shown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns one downstream's block into the settings of a builder. The ranges are not checked here: the library's own
 * setters refuse a value, and their message becomes the problem.
 */
final class DownstreamReader {
    private static final List<String> SETTINGS = List.of(
            "retry",
            "deadline",
            "attemptTimeout",
            "idempotent",
            "maxServerDelay",
            "limiter",
            "breaker",
            "retryBudget",
            "bulkhead",
            "protection",
            "throttle",
            "concurrencyLimit",
            "hedge",
            "classify",
            "facts",
            "lintIgnore");

    // The builder's own defaults; a test compares them.
    private static final Duration DEFAULT_BASE = Duration.ofMillis(100);
    private static final Duration DEFAULT_CAP = Duration.ofSeconds(20);
    private static final int DEFAULT_ATTEMPTS = 3;

    private static final Pattern CLASS_NAME =
            Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)*");

    private final Section downstream;
    private final List<Consumer<Levee.Builder>> settings = new ArrayList<>();

    private DownstreamReader(Section downstream) {
        this.downstream = downstream;
    }

    /**
     * What a block says; what is wrong is noted in the problems, and the rest is read all the same.
     *
     * @param settings how the downstream is called
     * @param facts what it is like
     */
    record Downstream(List<Consumer<Levee.Builder>> settings, DownstreamFacts facts) {}

    /** Reads a downstream's block; null, and a problem, if it is none. */
    static @Nullable Downstream read(Section downstreams, String name) {
        Section downstream = downstreams.section(name, SETTINGS);
        if (downstream == null) {
            return null;
        }
        DownstreamReader reader = new DownstreamReader(downstream);
        reader.read();
        return new Downstream(List.copyOf(reader.settings), FactsReader.downstream(downstream));
    }

    private void read() {
        retry();
        time("deadline", Levee.Builder::deadline, Levee.Builder::noDeadline);
        time("attemptTimeout", Levee.Builder::attemptTimeout, Levee.Builder::noAttemptTimeout);
        time("maxServerDelay", Levee.Builder::maxServerDelay, null);
        if (Boolean.TRUE.equals(downstream.flag("idempotent"))) {
            settings.add(Levee.Builder::idempotent);
        }
        part("limiter", List.of("perSecond", "burst", "maxWaiting"), DownstreamReader::limiter, Levee.Builder::limiter);
        part(
                "breaker",
                List.of(
                        "consecutiveFailures",
                        "failureRate",
                        "openFor",
                        "growing",
                        "overTime",
                        "overCalls",
                        "minimumCalls",
                        "slowCalls",
                        "probeLease"),
                DownstreamReader::breaker,
                Levee.Builder::breaker);
        part("bulkhead", List.of("inFlight"), DownstreamReader::bulkhead, Levee.Builder::bulkhead);
        if (downstream.saysNone("retryBudget")) {
            settings.add(Levee.Builder::noRetryBudget);
        } else {
            part(
                    "retryBudget",
                    List.of("ratio", "reservePerSecond", "maxBalance"),
                    DownstreamReader::retryBudget,
                    Levee.Builder::retryBudget);
        }
        protection();
        part(
                "throttle",
                List.of("multiplier", "window", "maxRejection", "minimumPerSecond"),
                DownstreamReader::throttle,
                Levee.Builder::throttle);
        part(
                "concurrencyLimit",
                List.of("min", "max", "initial", "window", "maxWait"),
                DownstreamReader::concurrencyLimit,
                Levee.Builder::concurrencyLimit);
        part(
                "hedge",
                List.of("percentile", "after", "atLeast", "window", "minimumSamples"),
                DownstreamReader::hedge,
                Levee.Builder::hedge);
        if (downstream.has("hedge") && !downstream.saysNone("hedge") && downstream.saysNone("retryBudget")) {
            downstream.problem(
                    "hedge", "needs a retry budget, which bounds how many hedges are sent; remove one of them");
        }
        classify();
    }

    private void protection() {
        if (downstream.saysNone("protection")
                || (downstream.saysNone("concurrencyLimit") && !downstream.has("protection"))) {
            settings.add(builder -> builder.protection(Protection.none()));
            return;
        }
        String set = downstream.word("protection", List.of("adaptive", "breaker"), "none");
        if (set == null) {
            return;
        }
        boolean adaptive = set.equals("adaptive");
        settings.add(builder -> builder.protection(adaptive ? Protection.adaptive() : Protection.breaker()));
        String part = adaptive ? "concurrencyLimit" : "breaker";
        if (downstream.saysNone(part)) {
            downstream.problem(part, "is what protection: " + set + " consists of; remove one of them");
        }
    }

    /** A part that is off unless it is configured; {@code none} says so. */
    private <S> void part(
            String key,
            List<String> known,
            Function<Section, @Nullable S> reader,
            BiConsumer<Levee.Builder, S> setter) {
        if (downstream.saysNone(key)) {
            return;
        }
        Section section = downstream.section(key, known);
        S spec = section == null ? null : reader.apply(section);
        if (spec != null) {
            settings.add(builder -> setter.accept(builder, spec));
        }
    }

    private void time(String key, BiConsumer<Levee.Builder, Duration> setter, @Nullable Consumer<Levee.Builder> none) {
        if (none != null && downstream.saysNone(key)) {
            settings.add(none);
            return;
        }
        // Tried on a builder that is thrown away, so that a value out of range is a problem of this line.
        Duration value = downstream.duration(key, duration -> {
            setter.accept(Levee.named("trial"), duration);
            return duration;
        });
        if (value != null) {
            settings.add(builder -> setter.accept(builder, value));
        }
    }

    private void retry() {
        if (downstream.saysNone("retry")) {
            settings.add(builder -> builder.retry(RetryPolicy.never()));
            return;
        }
        Section retry =
                downstream.section("retry", List.of("backoff", "base", "multiplier", "cap", "jitter", "attempts"));
        if (retry == null) {
            return;
        }
        String kind = retry.word("backoff", List.of("exponential", "fixed"));
        boolean fixed = "fixed".equals(kind);
        Duration base = orElse(retry.duration("base", Function.identity()), DEFAULT_BASE);
        Backoff policy = fixed ? RetryPolicy.fixed(base) : RetryPolicy.exponential(base);
        if (fixed && retry.has("multiplier")) {
            retry.problem("multiplier", "a fixed backoff does not grow; remove it, or write backoff: exponential");
        } else {
            policy = orElse(retry.number("multiplier", policy::multiplier), policy);
        }
        policy = cap(retry, policy, base, fixed);
        policy = jitter(retry, policy);
        Backoff bounded = policy.attempts(DEFAULT_ATTEMPTS);
        Backoff chosen = orElse(retry.integer("attempts", policy::attempts), bounded);
        settings.add(builder -> builder.retry(chosen));
    }

    private static Backoff cap(Section retry, Backoff policy, Duration base, boolean fixed) {
        Duration cap = retry.duration("cap", Function.identity());
        if (cap == null) {
            if (fixed || retry.has("cap")) {
                return policy;
            }
            if (base.compareTo(DEFAULT_CAP) > 0) {
                retry.problem("base", "is longer than the default cap of 20s; set cap as well");
            }
            return policy.cap(DEFAULT_CAP);
        }
        if (cap.compareTo(base) < 0) {
            retry.problem("cap", "is shorter than base, so that every delay would be the cap; raise it or lower base");
        }
        return policy.cap(cap);
    }

    private static Backoff jitter(Section retry, Backoff policy) {
        if (retry.isNumber("jitter")) {
            return orElse(retry.number("jitter", policy::jitter), policy);
        }
        String word = retry.word("jitter", List.of("full", "equal", "decorrelated", "none"), "a number from 0 to 1");
        return switch (word == null ? "full" : word) {
            case "equal" -> policy.equalJitter();
            case "decorrelated" -> policy.decorrelatedJitter();
            case "none" -> policy.noJitter();
            default -> policy.fullJitter();
        };
    }

    private static Limiter.@Nullable Spec limiter(Section section) {
        if (!section.has("perSecond")) {
            section.problem("perSecond is missing: how many attempts a second the downstream may be sent");
        }
        Limiter.Spec spec = section.number("perSecond", Limiter::perSecond);
        // With a rate that was wrong the rest is still looked at, beside a rate that is right.
        Limiter.Spec base = spec == null ? Limiter.perSecond(1) : spec;
        base = orElse(section.integer("burst", base::burst), base);
        base = orElse(section.integer("maxWaiting", base::maxWaiting), base);
        return spec == null ? null : base;
    }

    private static Bulkhead.@Nullable Spec bulkhead(Section section) {
        if (!section.has("inFlight")) {
            section.problem("inFlight is missing: how many attempts may be in flight at once");
        }
        return section.integer("inFlight", Bulkhead::inFlight);
    }

    private static RetryBudget.@Nullable Spec retryBudget(Section section) {
        if (!section.has("ratio")) {
            section.problem("ratio is missing: how many failing retries there may be for each call, such as 0.1");
        }
        RetryBudget.Spec spec = section.number("ratio", RetryBudget::ratio);
        RetryBudget.Spec base = spec == null ? RetryBudget.ratio(0.1) : spec;
        base = orElse(section.number("reservePerSecond", base::reservePerSecond), base);
        base = orElse(section.number("maxBalance", base::maxBalance), base);
        return spec == null ? null : base;
    }

    private static Throttle.@Nullable Spec throttle(Section section) {
        Throttle.Spec base = Throttle.adaptive();
        base = orElse(section.number("multiplier", base::multiplier), base);
        base = orElse(section.duration("window", base::window), base);
        base = orElse(section.number("maxRejection", base::maxRejection), base);
        return orElse(section.number("minimumPerSecond", base::minimumPerSecond), base);
    }

    private static ConcurrencyLimit.@Nullable Spec concurrencyLimit(Section section) {
        ConcurrencyLimit.Spec base = ConcurrencyLimit.adaptive();
        if (section.has("min") || section.has("max")) {
            Integer min = section.integer("min", Integer::valueOf);
            Integer max = section.integer("max", Integer::valueOf);
            if (min == null || max == null) {
                missing(section, List.of("min", "max"));
                return null;
            }
            ConcurrencyLimit.Spec bounded =
                    section.tried(() -> ConcurrencyLimit.adaptive().between(min, max));
            if (bounded == null) {
                return null;
            }
            base = bounded;
        }
        base = orElse(section.integer("initial", base::initial), base);
        base = orElse(section.duration("window", base::window), base);
        return orElse(section.duration("maxWait", base::maxWait), base);
    }

    private static Hedge.@Nullable Spec hedge(Section section) {
        boolean percentile = section.has("percentile");
        if (percentile == section.has("after")) {
            section.problem(
                    percentile
                            ? "percentile and after exclude each other; remove one"
                            : "needs a delay: percentile: 0.95 or after: 20ms");
            return null;
        }
        Hedge.Spec spec = percentile
                ? section.number("percentile", Hedge::afterPercentile)
                : section.duration("after", Hedge::after);
        Hedge.Spec base = spec == null ? Hedge.afterPercentile(0.95) : spec;
        base = orElse(section.duration("atLeast", base::atLeast), base);
        base = orElse(section.duration("window", base::window), base);
        base = orElse(section.integer("minimumSamples", base::minimumSamples), base);
        return spec == null ? null : base;
    }

    private static Breaker.@Nullable Spec breaker(Section section) {
        boolean run = section.has("consecutiveFailures");
        boolean rate = section.has("failureRate");
        if (run == rate) {
            section.problem(
                    run
                            ? "consecutiveFailures and failureRate exclude each other; remove one"
                            : "needs a rule: consecutiveFailures: 3 or failureRate: 0.5");
        }
        Breaker.Spec spec = run
                ? section.integer("consecutiveFailures", Breaker::consecutiveFailures)
                : section.number("failureRate", Breaker::failureRate);
        Breaker.Spec base = spec == null ? Breaker.failureRate(0.5) : spec;
        base = orElse(section.duration("openFor", base::openFor), base);
        base = growing(section, base);
        base = orElse(section.duration("overTime", base::overTime), base);
        base = orElse(section.integer("overCalls", base::overCalls), base);
        base = orElse(section.integer("minimumCalls", base::minimumCalls), base);
        base = slowCalls(section, base);
        base = orElse(section.duration("probeLease", base::probeLease), base);
        if (spec != null && section.tried(base::build) == null) {
            return null;
        }
        return run == rate ? null : base;
    }

    private static Breaker.Spec growing(Section section, Breaker.Spec base) {
        Section growing = section.section("growing", List.of("multiplier", "max"));
        if (growing == null) {
            return base;
        }
        Double multiplier = growing.number("multiplier", Double::valueOf);
        Duration max = growing.duration("max", Function.identity());
        if (multiplier == null || max == null) {
            missing(growing, List.of("multiplier", "max"));
            return base;
        }
        return orElse(growing.tried(() -> base.growing(multiplier, max)), base);
    }

    private static Breaker.Spec slowCalls(Section section, Breaker.Spec base) {
        Section slow = section.section("slowCalls", List.of("threshold", "share"));
        if (slow == null) {
            return base;
        }
        Duration threshold = slow.duration("threshold", Function.identity());
        Double share = slow.number("share", Double::valueOf);
        if (threshold == null || share == null) {
            missing(slow, List.of("threshold", "share"));
            return base;
        }
        return orElse(slow.tried(() -> base.slowCalls(threshold, share)), base);
    }

    private static void missing(Section section, List<String> keys) {
        for (String key : keys) {
            if (!section.has(key)) {
                section.problem(key + " is missing");
            }
        }
    }

    private void classify() {
        Section section = downstream.section("classify", List.of("retryStatus", "finalStatus", "retryOn", "finalOn"));
        if (section == null) {
            return;
        }
        Set<Integer> retryStatus = section.integers("retryStatus", 100, 599);
        Set<Integer> finalStatus = section.integers("finalStatus", 100, 599);
        Set<String> retryOn = section.texts("retryOn", CLASS_NAME, "class name");
        Set<String> finalOn = section.texts("finalOn", CLASS_NAME, "class name");
        contradictions(section, "retryStatus", retryStatus, finalStatus);
        contradictions(section, "retryOn", retryOn, finalOn);
        Classifier classifier = Classifier.standard();
        for (int status : retryStatus) {
            classifier = classifier.retryStatus(status);
        }
        for (String type : retryOn) {
            classifier = classifier.retryIf(simple(type), failure -> CauseChain.contains(failure, type));
        }
        // What ends a call is put in front, so that it is asked first: of two rules the careful one wins.
        for (int status : finalStatus) {
            classifier = classifier.finalStatus(status);
        }
        for (String type : finalOn) {
            classifier = classifier.finalIf(simple(type), failure -> CauseChain.contains(failure, type));
        }
        Classifier chosen = classifier;
        settings.add(builder -> builder.classifier(chosen));
    }

    private static <T> void contradictions(Section section, String key, Set<T> retry, Set<T> end) {
        for (T each : retry) {
            if (end.contains(each)) {
                section.problem(
                        key,
                        Shown.plain(String.valueOf(each)) + " is listed to be retried and to be final; remove one");
            }
        }
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }

    private static <T> T orElse(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
