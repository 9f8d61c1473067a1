package io.levee.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Call;
import io.levee.Decision;
import io.levee.Levee;
import io.levee.Outcome;
import io.levee.RandomSource;
import io.levee.test.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every setting of the file is read and does something. One script of calls, some of which fail, hang, are slow or are
 * asked to wait, is played in virtual time with two files that differ in one setting: what happens, and when, must differ.
 */
class SettingEffectTest {
    /** A setting and two blocks that differ in it and in nothing else. */
    record Pair(String setting, String one, String other) {}

    private static final String PLAIN = "retry: {backoff: exponential, jitter: none, cap: 20s}, retryBudget: none";

    static List<Pair> pairs() {
        return List.of(
                retry("backoff", "backoff: exponential", "backoff: fixed"),
                retry("base", "base: 100ms", "base: 50ms"),
                retry("multiplier", "multiplier: 2", "multiplier: 3"),
                retry("cap", "cap: 20s", "cap: 150ms"),
                retry("jitter", "jitter: none", "jitter: full"),
                retry("jitter", "jitter: full", "jitter: equal"),
                retry("jitter", "jitter: equal", "jitter: decorrelated"),
                retry("jitter", "jitter: none", "jitter: 0.5"),
                retry("jitter", "jitter: 0.25", "jitter: 0.5"),
                retry("attempts", "attempts: 3", "attempts: 4"),
                new Pair("retry", "retryBudget: none", "retry: none, retryBudget: none"),
                more("deadline", "deadline: 3s", "deadline: 2s"),
                more("deadline", "deadline: 3s", "deadline: none"),
                more("attemptTimeout", "attemptTimeout: 800ms", "attemptTimeout: 400ms"),
                more("attemptTimeout", "deadline: 3s, attemptTimeout: 800ms", "deadline: 3s, attemptTimeout: none"),
                more("idempotent", "idempotent: false", "idempotent: true"),
                more("maxServerDelay", "maxServerDelay: 5m", "maxServerDelay: 1s"),
                more("perSecond", "limiter: {perSecond: 100, burst: 5}", "limiter: {perSecond: 5, burst: 5}"),
                more("burst", "limiter: {perSecond: 1, burst: 9}", "limiter: {perSecond: 1, burst: 2}"),
                more("limiter", "limiter: none", "limiter: {perSecond: 1}"),
                more(
                        "maxWaiting",
                        "limiter: {perSecond: 1, burst: 1, maxWaiting: 100}",
                        "limiter: {perSecond: 1, burst: 1, maxWaiting: 1}"),
                breaker("consecutiveFailures", "consecutiveFailures: 3", "consecutiveFailures: 4"),
                more("breaker", "breaker: none", "breaker: {consecutiveFailures: 3}"),
                breaker("openFor", "consecutiveFailures: 3, openFor: 1s", "consecutiveFailures: 3, openFor: 2s"),
                breaker(
                        "failureRate",
                        "failureRate: 0.3, overCalls: 10, openFor: 1s",
                        "failureRate: 0.9, overCalls: 10, openFor: 1s"),
                breaker(
                        "overTime",
                        "failureRate: 0.3, overTime: 60s, minimumCalls: 5",
                        "failureRate: 0.3, overTime: 200ms, minimumCalls: 5"),
                breaker(
                        "overCalls",
                        "failureRate: 1, overCalls: 1, openFor: 1s",
                        "failureRate: 1, overCalls: 2, openFor: 1s"),
                breaker(
                        "minimumCalls",
                        "failureRate: 0.3, overTime: 60s, minimumCalls: 5",
                        "failureRate: 0.3, overTime: 60s, minimumCalls: 50"),
                breaker(
                        "multiplier",
                        "consecutiveFailures: 2, openFor: 100ms, growing: {multiplier: 1, max: 60s}",
                        "consecutiveFailures: 2, openFor: 100ms, growing: {multiplier: 10, max: 60s}"),
                breaker(
                        "max",
                        "consecutiveFailures: 2, openFor: 100ms, growing: {multiplier: 10, max: 60s}",
                        "consecutiveFailures: 2, openFor: 100ms, growing: {multiplier: 10, max: 200ms}"),
                breaker(
                        "threshold",
                        "consecutiveFailures: 90, minimumCalls: 2, openFor: 1s, slowCalls: {threshold: 100ms, share: 0.01}",
                        "consecutiveFailures: 90, minimumCalls: 2, openFor: 1s, slowCalls: {threshold: 10s, share: 0.01}"),
                breaker(
                        "share",
                        "consecutiveFailures: 90, minimumCalls: 2, openFor: 1s, slowCalls: {threshold: 100ms, share: 0.01}",
                        "consecutiveFailures: 90, minimumCalls: 2, openFor: 1s, slowCalls: {threshold: 100ms, share: 1}"),
                new Pair(
                        "probeLease",
                        "retry: none, deadline: none, attemptTimeout: none,"
                                + " breaker: {consecutiveFailures: 1, openFor: 10ms, probeLease: 50ms}",
                        "retry: none, deadline: none, attemptTimeout: none,"
                                + " breaker: {consecutiveFailures: 1, openFor: 10ms, probeLease: 60s}"),
                budget("ratio", "ratio: 0.1", "ratio: 0.5"),
                budget("reservePerSecond", "ratio: 0, reservePerSecond: 1", "ratio: 0, reservePerSecond: 50"),
                budget("maxBalance", "ratio: 0, maxBalance: 1", "ratio: 0, maxBalance: 50"),
                new Pair(
                        "retryBudget",
                        "protection: none, retryBudget: {ratio: 0}",
                        "protection: none, retryBudget: none"),
                more("inFlight", "bulkhead: {inFlight: 100}", "bulkhead: {inFlight: 1}"),
                more("bulkhead", "bulkhead: none", "bulkhead: {inFlight: 1}"),
                more("throttle", "throttle: none", "throttle: {minimumPerSecond: 0.1}"),
                more(
                        "multiplier",
                        "throttle: {minimumPerSecond: 0.1, multiplier: 2}",
                        "throttle: {minimumPerSecond: 0.1, multiplier: 1}"),
                more(
                        "window",
                        "throttle: {minimumPerSecond: 0.1, window: 1s}",
                        "throttle: {minimumPerSecond: 0.1, window: 60s}"),
                more(
                        "maxRejection",
                        "throttle: {minimumPerSecond: 0.1, multiplier: 1, maxRejection: 0.9}",
                        "throttle: {minimumPerSecond: 0.1, multiplier: 1, maxRejection: 0.05}"),
                more("minimumPerSecond", "throttle: {minimumPerSecond: 0.1}", "throttle: {minimumPerSecond: 100}"),
                more("concurrencyLimit", "concurrencyLimit: none", "concurrencyLimit: {min: 1, max: 1}"),
                // Nothing succeeds within the timeout, so the limit falls as far as it may.
                new Pair(
                        "min",
                        "retry: none, attemptTimeout: 300ms, concurrencyLimit: {min: 1, max: 9, window: 10ms}",
                        "retry: none, attemptTimeout: 300ms, concurrencyLimit: {min: 9, max: 9, window: 10ms}"),
                more(
                        "max",
                        "attemptTimeout: 300ms, concurrencyLimit: {min: 1, max: 1, window: 10ms}",
                        "attemptTimeout: 300ms, concurrencyLimit: {min: 1, max: 9, window: 10ms}"),
                more(
                        "initial",
                        "concurrencyLimit: {min: 1, max: 9, initial: 1}",
                        "concurrencyLimit: {min: 1, max: 9, initial: 9}"),
                more(
                        "maxWait",
                        "concurrencyLimit: {min: 1, max: 1, maxWait: 1ms}",
                        "concurrencyLimit: {min: 1, max: 1, maxWait: 20s}"),
                more("protection", "protection: breaker", "protection: adaptive"),
                more("protection", "protection: none", "protection: adaptive"),
                hedge("hedge", "hedge: none", "hedge: {after: 20ms}"),
                hedge("after", "hedge: {after: 20ms}", "hedge: {after: 300ms}"),
                hedge(
                        "percentile",
                        "hedge: {percentile: 0.5, minimumSamples: 10}",
                        "hedge: {percentile: 0.999, minimumSamples: 10}"),
                hedge(
                        "atLeast",
                        "hedge: {percentile: 0.5, minimumSamples: 10, atLeast: 1ms}",
                        "hedge: {percentile: 0.5, minimumSamples: 10, atLeast: 300ms}"),
                hedge(
                        "minimumSamples",
                        "hedge: {percentile: 0.5, minimumSamples: 10}",
                        "hedge: {percentile: 0.5, minimumSamples: 1000}"),
                classify("retryStatus", "retryStatus: []", "retryStatus: [500]"),
                classify("finalStatus", "finalStatus: []", "finalStatus: [503]"),
                classify("retryOn", "retryOn: []", "retryOn: [java.lang.IllegalStateException]"),
                classify("finalOn", "finalOn: []", "finalOn: [java.net.ConnectException]"),
                more(
                        "classify",
                        "protection: none, idempotent: true",
                        "protection: none, idempotent: true, classify: {retryStatus: [500]}"));
    }

    private static Pair more(String setting, String one, String other) {
        return new Pair(setting, PLAIN + ", " + one, PLAIN + ", " + other);
    }

    private static Pair retry(String setting, String one, String other) {
        String before = "retryBudget: none, retry: {" + (setting.equals("jitter") ? "" : "jitter: none, ");
        return new Pair(setting, before + one + "}", before + other + "}");
    }

    private static Pair breaker(String setting, String one, String other) {
        return more(setting, "breaker: {" + one + "}", "breaker: {" + other + "}");
    }

    private static Pair budget(String setting, String one, String other) {
        String retry = "protection: none, retry: {jitter: none}, retryBudget: {";
        return new Pair(setting, retry + one + "}", retry + other + "}");
    }

    /** What a hedge needs: somebody who pays. */
    private static Pair hedge(String setting, String one, String other) {
        String paid = "protection: none, retry: {jitter: none}, retryBudget: {ratio: 10, maxBalance: 1000}, ";
        return new Pair(setting, paid + one, paid + other);
    }

    private static Pair classify(String setting, String one, String other) {
        String all = "protection: none, idempotent: true, classify: {";
        return more(setting, all + one + "}", all + other + "}");
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aSettingThatDiffersMakesADifference(Pair pair) {
        List<String> one = played(pair.one);
        assertThat(one).as("the script gives the same twice").isEqualTo(played(pair.one));
        assertThat(played(pair.other)).as(pair.setting).isNotEqualTo(one);
    }

    @Test
    void everySettingOfTheDocumentationIsInTheTableAndTheOtherWayRound() throws IOException {
        Set<String> tested = new TreeSet<>();
        pairs().forEach(pair -> tested.add(pair.setting));
        String page = Files.readString(Path.of("..", "docs", "policy-file.md"));
        String example = page.substring(page.indexOf("  inventory:\n") + 13, page.lastIndexOf("```"));
        Set<String> documented = new TreeSet<>();
        Matcher names = Pattern.compile("(\\w+):(?= )").matcher(example);
        while (names.find()) {
            documented.add(names.group(1));
        }
        assertThat(tested).containsAll(documented);
        for (String setting : tested) {
            assertThat(page).containsPattern("\\b" + setting + "\\b");
        }
    }

    // --- the script ---------------------------------------------------------------------------------------------

    private static List<String> played(String block) {
        List<String> trace = new ArrayList<>();
        VirtualTime time = VirtualTime.create();
        LeveeConfig config = LeveeConfig.parse("f.yaml", "version: 1\ndownstreams: {a: {" + block + "}}");
        try (Levee levee = config.builder("a")
                .time(time)
                .random(RandomSource.seeded(7))
                .executor(Runnable::run)
                .build()) {
            List<CompletableFuture<?>> calls = new ArrayList<>();
            for (int i = 0; i < 96; i++) {
                int number = i;
                calls.add(levee.executeAsync(kind(number), attempt -> {
                            trace.add(time.elapsed().toMillis() + " call " + number + " attempt " + attempt.number());
                            return answer(time, number % 8, attempt.number());
                        })
                        .thenAccept(result -> {
                            Decision decision = result.decision();
                            trace.add(time.elapsed().toMillis() + " call " + number + " ends "
                                    + (decision == null ? "well" : decision.stop() + " " + decision.rule()));
                        }));
                time.advance(Duration.ofMillis(100));
            }
            time.advance(Duration.ofMinutes(2));
            // Without what closing adds: it ends what still hangs in no particular order.
            return List.copyOf(trace);
        }
    }

    private static Call<Integer> kind(int number) {
        Call<Integer> call = Call.<Integer>named("stock").outcome((status, failure) -> {
            if (failure != null || status == null) {
                return Outcome.failure(failure);
            }
            Outcome outcome = Outcome.value(status).withStatus(status);
            return status == 429 ? outcome.withMinDelay(Duration.ofSeconds(2)) : outcome;
        });
        call = call.concurrentAttempts();
        return number % 8 == 0 ? call : call.idempotent();
    }

    private static CompletionStage<Integer> answer(VirtualTime time, int kind, int attempt) {
        return switch (kind) {
            case 0 -> CompletableFuture.failedFuture(new IOException("reset"));
            case 1, 2 -> CompletableFuture.failedFuture(new ConnectException());
            case 3 ->
                attempt == 0
                        ? CompletableFuture.failedFuture(new ConnectException())
                        : CompletableFuture.completedFuture(200);
            case 4 -> {
                CompletableFuture<Integer> slow = new CompletableFuture<>();
                time.schedule(time.nanoTime() + Duration.ofMillis(600).toNanos(), () -> slow.complete(200));
                yield slow;
            }
            case 5 -> new CompletableFuture<>();
            case 6 -> CompletableFuture.completedFuture(attempt == 0 ? 429 : attempt == 1 ? 503 : 500);
            default ->
                attempt == 0
                        ? CompletableFuture.failedFuture(new IllegalStateException())
                        : CompletableFuture.completedFuture(500);
        };
    }
}
