package io.levee.lint;

import io.levee.Backoff;
import java.time.Duration;

/** What the downstream is sent, how often, and over which connection. */
final class LoadRules {
    /** Retries that add half to the load or more: five times the default retry budget. */
    private static final double TOO_MANY = 1.5;

    /** How near to the idle timeout is too near: the way there and the server's timer take their time. */
    private static final double NEAR = 0.1;

    /** A wait that meets the window so rarely is a matter of luck as any pause between two calls is. */
    private static final double LEAST_SHARE = 0.05;

    private static final int FAR = 64;

    private LoadRules() {}

    static void check(Subject subject) {
        limiter(subject);
        outsideLimiter(subject);
        buffer(subject);
        idleWindow(subject);
        sideEffects(subject);
    }

    private static void limiter(Subject subject) {
        Double capacity = subject.facts.capacityPerSecond();
        Double permits = subject.permitsPerSecond;
        if (permits != null) {
            if (capacity != null && permits > capacity) {
                subject.report(
                        Rule.LIMITER_OVER_CAPACITY,
                        "limiter.perSecond",
                        "the limiter lets " + Figures.text(permits) + " attempts a second through, "
                                + Figures.text(permits / capacity) + " times what the downstream grants ("
                                + Figures.text(capacity) + ", facts.capacityPerSecond)",
                        "write perSecond: " + Figures.text(capacity));
            }
        } else if (capacity != null) {
            subject.report(
                    Rule.NO_LIMITER,
                    "limiter",
                    "the downstream grants " + Figures.text(capacity)
                            + " attempts a second (facts.capacityPerSecond), and nothing keeps to it",
                    "write limiter: {perSecond: " + Figures.text(capacity) + "}");
        } else if (!subject.hasBulkhead && subject.retries() != null && subject.amplification() >= TOO_MANY) {
            subject.report(
                    Rule.NO_LIMITER,
                    "limiter",
                    "nothing bounds the retries to a downstream that is down: of " + Outage.CALLS_PER_SECOND
                            + " calls a second, all refused, this policy makes "
                            + Figures.text(subject.amplification() * Outage.CALLS_PER_SECOND) + " attempts a second ("
                            + Figures.text(subject.amplification()) + " a call, run for " + Outage.SECONDS
                            + " s of virtual time)",
                    "leave protection or retryBudget out for the default, or write a limiter: {perSecond: ...}");
        }
    }

    private static void outsideLimiter(Subject subject) {
        int inner = subject.facts.clientAttempts();
        if (inner < 2) {
            return;
        }
        int attempts = subject.worst.retries() + 1;
        Double permits = subject.permitsPerSecond;
        subject.report(
                Rule.RETRIES_OUTSIDE_LIMITER,
                "facts.clientAttempts",
                "what is below Levee sends each attempt up to " + inner + " times: "
                        + (permits == null
                                ? ""
                                : Figures.text(permits) + " permits a second are up to " + Figures.text(permits * inner)
                                        + " requests, and ")
                        + "a call of " + TimeRules.counted(attempts, "attempt", "attempts") + " is up to "
                        + (long) attempts * inner + " requests, of which the retry budget sees " + attempts,
                "switch those retries off (OkHttp: retryOnConnectionFailure(false), gRPC: disableRetry(), a proxy or"
                        + " mesh: one try), and remove clientAttempts");
    }

    private static void buffer(Subject subject) {
        Double permits = subject.permitsPerSecond;
        if (permits == null || subject.mayWait() <= Subject.MANY_WAITING) {
            return;
        }
        subject.report(
                Rule.UNBOUNDED_BUFFER,
                "limiter.maxWaiting",
                "more than " + Subject.MANY_WAITING + " calls may wait for a permit, the last of them for "
                        + Figures.text(Duration.ofMillis((long) (Subject.MANY_WAITING * 1_000L / permits)))
                        + " and longer; each holds its memory and its caller meanwhile",
                "write maxWaiting: " + Figures.text(Math.ceil(Math.min(permits, 10_000)))
                        + ", what the limiter serves in "
                        + Figures.text(Duration.ofMillis((long) (Math.min(permits, 10_000) * 1_000 / permits))));
    }

    /** Trap 5: a request that goes out just as its connection is closed is lost, and nobody knows whether it arrived. */
    private static void idleWindow(Subject subject) {
        Duration idle = subject.facts.idleTimeout();
        Backoff retries = subject.retries();
        if (idle == null || retries == null) {
            return;
        }
        double from = idle.toNanos() * (1 - NEAR);
        double to = idle.toNanos() * (1 + NEAR);
        int worst = 0;
        double most = 0;
        for (int retry = 1; retry <= Math.min(retries.attempts() - 1, FAR); retry++) {
            double share = share(retries.shortestDelayNanos(retry), retries.longestDelayNanos(retry), from, to);
            if (share > most) {
                most = share;
                worst = retry;
            }
        }
        if (most < LEAST_SHARE) {
            return;
        }
        subject.report(
                Rule.IDLE_TIMEOUT_WINDOW,
                "retry",
                "retry " + worst + " waits " + Figures.text(retries.shortestDelayNanos(worst)) + " to "
                        + Figures.text(retries.longestDelayNanos(worst)) + ", of which " + Figures.percent(most)
                        + " lies within a tenth of the " + Figures.text(idle)
                        + " after which the downstream closes an idle connection (facts.idleTimeout): the retry goes out"
                        + " on a connection that is being closed",
                "keep the waits below " + Figures.text((long) from) + " (write cap: "
                        + Figures.setting(Duration.ofNanos((long) from)) + " or a shorter base), or let the client drop"
                        + " idle connections before the downstream does");
    }

    /** The part of a range of waits that lies in the window. */
    private static double share(long shortest, long longest, double from, double to) {
        if (shortest == longest) {
            return shortest >= from && shortest <= to ? 1 : 0;
        }
        return Math.max(0, Math.min((double) longest, to) - Math.max((double) shortest, from))
                / (longest - (double) shortest);
    }

    private static void sideEffects(Subject subject) {
        if (!subject.facts.sideEffects() || !subject.settings.idempotent() || subject.retries() == null) {
            return;
        }
        subject.report(
                Rule.REPEATS_SIDE_EFFECTS,
                "idempotent",
                "every call may be sent " + (subject.worst.retries() + 1)
                        + " times (idempotent: true), and one that arrives twice does something twice"
                        + " (facts.sideEffects)",
                "remove idempotent, and say it of the calls that are (Call.idempotent()), or send an Idempotency-Key"
                        + " that the downstream knows, and remove sideEffects");
    }
}
