package io.levee.config;

import io.levee.Classifier;
import io.levee.GrpcStatus;
import io.levee.Levee;
import io.levee.RetryBudget;
import io.levee.RetryPolicy;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns a parsed service config into the settings of builders, by method; notes what is wrong and reads on. */
final class ServiceConfigReader {
    /** gRFC A6: more are treated as so many, without an error. */
    private static final int MOST_ATTEMPTS = 5;

    /** gRFC A6: each delay times a random factor from 0.8 to 1.2. */
    private static final double JITTER = 0.2;

    /** The JSON form of google.protobuf.Duration. */
    private static final Pattern DURATION = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,9})?s");

    private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000L);
    /** As many as a long holds in nanoseconds. */
    private static final BigDecimal MOST_SECONDS = BigDecimal.valueOf(9_000_000_000L);

    private final PathProblems problems;

    ServiceConfigReader(PathProblems problems) {
        this.problems = problems;
    }

    /** By {@code service/method}, {@code service/} for a whole service, and the empty name for all others. */
    Map<String, List<Consumer<Levee.Builder>>> read(@Nullable Object root) {
        Map<String, List<Consumer<Levee.Builder>>> methods = new LinkedHashMap<>();
        Map<?, ?> document = map(root, "");
        if (document == null) {
            return methods;
        }
        List<Consumer<Levee.Builder>> shared = throttling(document);
        Object list = document.get("methodConfig");
        if (list == null) {
            problems.add("methodConfig", "is missing: a list with a name and a retryPolicy in each entry");
            return methods;
        }
        int index = 0;
        for (Object entry : list(list, "methodConfig")) {
            String path = "methodConfig[" + index++ + "]";
            Map<?, ?> config = map(entry, path);
            if (config != null) {
                List<Consumer<Levee.Builder>> settings = new ArrayList<>(shared);
                method(config, path, settings);
                for (String name : names(config, path)) {
                    if (methods.putIfAbsent(name, List.copyOf(settings)) != null) {
                        problems.add(path + ".name", "'" + name + "' has an entry already; remove one");
                    }
                }
            }
        }
        return methods;
    }

    private List<String> names(Map<?, ?> config, String path) {
        List<String> names = new ArrayList<>();
        Object given = config.get("name");
        if (given == null) {
            problems.add(path + ".name", "is missing: a list such as [{\"service\": \"inventory.Stock\"}]");
            return names;
        }
        int index = 0;
        for (Object each : list(given, path + ".name")) {
            String at = path + ".name[" + index++ + "]";
            Map<?, ?> name = map(each, at);
            if (name == null) {
                continue;
            }
            String service = text(name.get("service"), at + ".service");
            String method = text(name.get("method"), at + ".method");
            if (service.isEmpty() && !method.isEmpty()) {
                problems.add(at, "has a method and no service; add the service, or remove the method");
            } else {
                names.add(service.isEmpty() ? "" : service + "/" + method);
            }
        }
        return names;
    }

    private void method(Map<?, ?> config, String path, List<Consumer<Levee.Builder>> settings) {
        if (config.get("timeout") != null) {
            Duration timeout = duration(config, path, "timeout");
            if (timeout != null) {
                settings.add(builder -> builder.deadline(timeout));
            }
        }
        if (config.get("hedgingPolicy") != null) {
            problems.add(path + ".hedgingPolicy", "gRPC calls are not hedged; remove it, or write a retryPolicy");
        }
        Object retry = config.get("retryPolicy");
        if (retry == null) {
            settings.add(builder -> builder.retry(RetryPolicy.never()));
            return;
        }
        Map<?, ?> policy = map(retry, path + ".retryPolicy");
        if (policy != null) {
            retryPolicy(policy, path + ".retryPolicy", settings);
        }
    }

    private void retryPolicy(Map<?, ?> policy, String path, List<Consumer<Levee.Builder>> settings) {
        Double attempts = number(policy, path, "maxAttempts");
        if (attempts != null && (attempts < 2 || attempts != Math.rint(attempts))) {
            problems.add(path + ".maxAttempts", "counts the first attempt and must be a whole number, 2 or more");
            attempts = null;
        }
        Duration initial = duration(policy, path, "initialBackoff");
        Duration max = duration(policy, path, "maxBackoff");
        Double multiplier = number(policy, path, "backoffMultiplier");
        if (multiplier != null && !(multiplier >= 1)) {
            problems.add(
                    path + ".backoffMultiplier",
                    "must be 1 or more, is " + multiplier + "; Levee has no delays that shrink, as gRPC allows them");
            multiplier = null;
        }
        Set<GrpcStatus> codes = codes(policy, path);
        if (policy.get("perAttemptRecvTimeout") != null) {
            Duration timeout = duration(policy, path, "perAttemptRecvTimeout");
            if (timeout != null) {
                settings.add(builder -> builder.attemptTimeout(timeout));
            }
        }
        if (attempts == null || initial == null || max == null || multiplier == null || codes.isEmpty()) {
            return;
        }
        RetryPolicy delays = RetryPolicy.exponential(initial)
                .multiplier(multiplier)
                .cap(max)
                .jitter(JITTER)
                .attempts((int) Math.min(MOST_ATTEMPTS, attempts));
        Classifier classifier = classifier(codes);
        settings.add(builder -> builder.retry(delays).classifier(classifier).idempotent());
    }

    /**
     * Exactly the given codes. Where a given code is retried anyway the standard rules stay, as they know more of it: a
     * certificate that does not verify is UNAVAILABLE too.
     */
    private static Classifier classifier(Set<GrpcStatus> codes) {
        Classifier classifier = Classifier.standard();
        Set<GrpcStatus> known = EnumSet.of(GrpcStatus.UNAVAILABLE, GrpcStatus.DEADLINE_EXCEEDED);
        for (GrpcStatus code : GrpcStatus.values()) {
            if (codes.contains(code) && !known.contains(code)) {
                classifier = classifier.retryGrpcStatus(code);
            } else if (!codes.contains(code) && (known.contains(code) || code == GrpcStatus.RESOURCE_EXHAUSTED)) {
                classifier = classifier.finalGrpcStatus(code);
            }
        }
        return classifier;
    }

    private Set<GrpcStatus> codes(Map<?, ?> policy, String path) {
        Set<GrpcStatus> codes = EnumSet.noneOf(GrpcStatus.class);
        String field = path + ".retryableStatusCodes";
        Object given = policy.get("retryableStatusCodes");
        if (given == null) {
            problems.add(field, "is missing: a list such as [\"UNAVAILABLE\"]");
            return codes;
        }
        int index = 0;
        List<?> all = list(given, field);
        for (Object each : all) {
            String at = field + "[" + index++ + "]";
            GrpcStatus code = code(each);
            if (code == null || code == GrpcStatus.OK) {
                problems.add(
                        at, "'" + each + "' is no gRPC status that a call can fail with, such as UNAVAILABLE or 14");
            } else {
                codes.add(code);
            }
        }
        if (all.isEmpty() && given instanceof List) {
            problems.add(field, "is empty; name a status, or remove the retryPolicy");
        }
        return codes;
    }

    private static @Nullable GrpcStatus code(@Nullable Object given) {
        for (GrpcStatus status : GrpcStatus.values()) {
            if (given instanceof Number number
                    ? number.doubleValue() == status.code()
                    : status.name().equals(String.valueOf(given).toUpperCase(Locale.ROOT))) {
                return status;
            }
        }
        return null;
    }

    /**
     * gRPC retries while more than half of maxTokens are left; a failure takes one, a success brings tokenRatio. Levee's
     * nearest: a balance of that half, tokenRatio for each call, one for each retry.
     */
    private List<Consumer<Levee.Builder>> throttling(Map<?, ?> document) {
        Object given = document.get("retryThrottling");
        Map<?, ?> throttling = given == null ? null : map(given, "retryThrottling");
        if (throttling == null) {
            return List.of();
        }
        Double tokens = number(throttling, "retryThrottling", "maxTokens");
        Double ratio = number(throttling, "retryThrottling", "tokenRatio");
        if (tokens != null && !(tokens > 0 && tokens <= 1000)) {
            problems.add("retryThrottling.maxTokens", "must be more than 0 and at most 1000, is " + tokens);
            return List.of();
        }
        if (ratio != null && !(ratio > 0 && ratio <= 10)) {
            problems.add("retryThrottling.tokenRatio", "must be more than 0 and at most 10, is " + ratio);
            return List.of();
        }
        if (tokens == null || ratio == null) {
            return List.of();
        }
        RetryBudget.Spec budget = RetryBudget.ratio(ratio).reservePerSecond(0).maxBalance(Math.max(1, tokens / 2));
        return List.of(builder -> builder.retryBudget(budget));
    }

    private @Nullable Map<?, ?> map(@Nullable Object value, String path) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        problems.add(path, "must be an object, is " + shown(value));
        return null;
    }

    private List<?> list(Object value, String path) {
        if (value instanceof List<?> list) {
            return list;
        }
        problems.add(path, "must be a list, is " + shown(value));
        return List.of();
    }

    private String text(@Nullable Object value, String path) {
        if (value == null || value instanceof String) {
            return value == null ? "" : (String) value;
        }
        problems.add(path, "must be a string, is " + shown(value));
        return "";
    }

    private @Nullable Double number(Map<?, ?> parent, String path, String key) {
        Object value = parent.get(key);
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        problems.add(path + "." + key, value == null ? "is missing: a number" : "must be a number, is " + shown(value));
        return null;
    }

    private @Nullable Duration duration(Map<?, ?> parent, String path, String key) {
        Object value = parent.get(key);
        String field = path + "." + key;
        if (value == null) {
            problems.add(field, "is missing: a duration such as \"0.1s\"");
            return null;
        }
        if (!(value instanceof String text) || !DURATION.matcher(text).matches()) {
            problems.add(field, "must be seconds with an s, such as \"0.1s\", is " + shown(value));
            return null;
        }
        BigDecimal seconds = new BigDecimal(text.substring(0, text.length() - 1));
        if (seconds.signum() == 0 || seconds.compareTo(MOST_SECONDS) > 0) {
            problems.add(field, "must be more than 0s and less than 285 years, is " + text);
            return null;
        }
        return Duration.ofNanos(seconds.multiply(NANOS_PER_SECOND).longValueExact());
    }

    private static String shown(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        return value instanceof String ? "'" + value + "'" : value.toString();
    }
}
