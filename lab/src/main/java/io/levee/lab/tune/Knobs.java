package io.levee.lab.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The settings that are searched. What a policy file calls them, that file says: a candidate is tried by reading the very
 * text that is written in the end.
 */
record Knobs(
        boolean ownRetry,
        int attempts,
        long baseMillis,
        String jitter,
        double attemptTimeoutShare,
        double retryBudget,
        @Nullable Integer bulkhead,
        @Nullable Double breaker) {

    private static final List<String> JITTERS = List.of("full", "equal", "decorrelated");
    private static final int MOST_ATTEMPTS = 6;

    /** Anywhere in the space. */
    static Knobs drawn(Random random) {
        return new Knobs(
                isOwn(random),
                1 + random.nextInt(MOST_ATTEMPTS),
                base(random),
                JITTERS.get(random.nextInt(JITTERS.size())),
                share(random),
                budget(random),
                bulkhead(random),
                breaker(random));
    }

    /** Near by: one or two settings drawn anew. */
    Knobs changed(Random random) {
        Knobs changed = changedOnce(random);
        return random.nextBoolean() ? changed.changedOnce(random) : changed;
    }

    private Knobs changedOnce(Random random) {
        int which = random.nextInt(8);
        return new Knobs(
                which == 7 ? isOwn(random) : ownRetry,
                which == 0 ? 1 + random.nextInt(MOST_ATTEMPTS) : attempts,
                which == 1 ? base(random) : baseMillis,
                which == 2 ? JITTERS.get(random.nextInt(JITTERS.size())) : jitter,
                which == 3 ? share(random) : attemptTimeoutShare,
                which == 4 ? budget(random) : retryBudget,
                which == 5 ? bulkhead(random) : bulkhead,
                which == 6 ? breaker(random) : breaker);
    }

    /** Whether the retries are other than the library's own, which also knows how to spread those of refused calls. */
    private static boolean isOwn(Random random) {
        return random.nextInt(4) > 0;
    }

    /** 5 ms to 1 s; each doubling as likely as any other. */
    private static long base(Random random) {
        return Math.round(5 * Math.pow(200, random.nextDouble()));
    }

    private static double share(Random random) {
        return (2 + random.nextInt(19)) / 20.0;
    }

    /** 0.01 to 1; each doubling as likely as any other. */
    private static double budget(Random random) {
        return Math.round(1_000 * Math.pow(100, random.nextDouble() - 1)) / 1_000.0;
    }

    private static @Nullable Integer bulkhead(Random random) {
        return random.nextInt(3) == 0 ? null : (Integer) (1 << (3 + random.nextInt(8)));
    }

    private static @Nullable Double breaker(Random random) {
        return random.nextInt(3) > 0 ? null : (Double) ((10 + random.nextInt(10)) / 20.0);
    }

    /** The settings as a policy file has them, one a line, for a call of so many milliseconds. */
    List<String> settings(long deadlineMillis) {
        List<String> lines = new ArrayList<>();
        if (ownRetry) {
            lines.add(
                    attempts == 1
                            ? "retry: none"
                            : String.format(
                                    Locale.ROOT,
                                    "retry: {backoff: exponential, base: %dms, jitter: %s, attempts: %d}",
                                    baseMillis,
                                    jitter,
                                    attempts));
        }
        lines.addAll(times(deadlineMillis, Math.max(1, Math.round(deadlineMillis * attemptTimeoutShare))));
        lines.add("retryBudget: {ratio: " + retryBudget + "}");
        if (bulkhead != null) {
            lines.add("bulkhead: {inFlight: " + bulkhead + "}");
        }
        if (breaker != null) {
            lines.add("breaker: {failureRate: " + breaker + "}");
        }
        return lines;
    }

    /** What a policy file says of the times, in milliseconds, and all that it says if the rest is as the library has it. */
    static List<String> times(long deadline, long attemptTimeout) {
        return List.of("deadline: " + deadline + "ms", "attemptTimeout: " + attemptTimeout + "ms");
    }
}
