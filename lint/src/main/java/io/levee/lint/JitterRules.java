package io.levee.lint;

import io.levee.Backoff;
import java.time.Duration;

/** Whether the waits of clients that failed together differ. */
final class JitterRules {
    /** Less than a tenth of the wait: clients that failed in one second come back in a tenth of one. */
    private static final double LEAST_SPREAD = 0.1;

    /** By then every shipped policy has reached its cap. */
    private static final int FAR = 64;

    private JitterRules() {}

    static void check(Subject subject) {
        Backoff retries = subject.retries();
        if (retries == null) {
            return;
        }
        // The last retry's wait is the longest, so it is the one that most clients meet in.
        int last = Math.min(retries.attempts() - 1, FAR);
        double spread = spread(retries, last);
        if (spread >= LEAST_SPREAD) {
            return;
        }
        String waits = "retry " + last + " waits " + range(retries, last) + " in every client";
        if (spread(retries.cap(Duration.ofNanos(Long.MAX_VALUE)), last) >= LEAST_SPREAD) {
            subject.report(
                    Rule.JITTER_LOST_AT_CAP,
                    "retry.cap",
                    "the cap cuts the jitter off: " + waits + ", without the cap "
                            + range(retries.cap(Duration.ofNanos(Long.MAX_VALUE)), last),
                    "write a cap of "
                            + Figures.setting(Duration.ofNanos(retries.longestDelayNanos(last))
                                    .multipliedBy(3)) + " or more, or jitter: full, which a cap does not cut");
        } else {
            subject.report(
                    Rule.NO_JITTER,
                    "retry.jitter",
                    waits + ", a spread of " + Figures.percent(spread)
                            + ": clients whose calls failed together come back together",
                    "write jitter: full");
        }
    }

    /** The width of what a retry may draw, as a share of the longest. */
    private static double spread(Backoff policy, int retry) {
        long longest = policy.longestDelayNanos(retry);
        return longest == 0 ? 0 : (longest - policy.shortestDelayNanos(retry)) / (double) longest;
    }

    private static String range(Backoff policy, int retry) {
        long shortest = policy.shortestDelayNanos(retry);
        long longest = policy.longestDelayNanos(retry);
        return shortest == longest ? Figures.text(shortest) : Figures.text(shortest) + " to " + Figures.text(longest);
    }
}
