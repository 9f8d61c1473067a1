package io.levee.lint;

import io.levee.Backoff;
import io.levee.Levee;
import io.levee.LeveeSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Deadline, attempt timeout and worst case. */
final class TimeRules {
    private static final LeveeSettings DEFAULTS = defaults();

    private TimeRules() {}

    private static LeveeSettings defaults() {
        try (Levee levee = Levee.named("defaults").build()) {
            return levee.settings();
        }
    }

    static void check(Subject subject) {
        Duration deadline = subject.settings.deadline();
        if (deadline == null) {
            noDeadline(subject);
        }
        Backoff retries = subject.retries();
        if (retries == null) {
            return;
        }
        Duration timeout = subject.settings.attemptTimeout();
        if (timeout == null) {
            noAttemptTimeout(subject, deadline);
        } else if (deadline != null && timeout.compareTo(deadline) >= 0) {
            subject.report(
                    Rule.ATTEMPT_TIMEOUT_OVER_DEADLINE,
                    "attemptTimeout",
                    "an attempt may take " + Figures.text(timeout) + ", all of the deadline of "
                            + Figures.text(deadline) + ": a first attempt that hangs leaves no time for the "
                            + counted(subject.worst.retries(), "retry", "retries") + " that the policy allows",
                    shorterAttempts(subject, deadline));
        } else if (deadline != null) {
            worstCase(subject, retries, timeout, deadline);
        }
    }

    private static void noDeadline(Subject subject) {
        Duration uncut = subject.worst.uncut();
        int retries = subject.worst.retries();
        String reason = uncut == null
                ? "an attempt that hangs holds its caller for ever"
                : "a call may take " + Figures.text(uncut)
                        + (retries == 0
                                ? ""
                                : ", and " + Figures.text(subject.settings.maxServerDelay()) + " more before each of "
                                        + counted(retries, "retry", "retries")
                                        + " if the downstream asks for it (maxServerDelay)");
        Duration usual = DEFAULTS.deadline();
        subject.report(
                Rule.NO_DEADLINE,
                "deadline",
                "nothing ends a call: " + reason,
                "write how long the caller of the call waits"
                        + (usual == null ? "" : ", or leave it out for the default of " + Figures.text(usual)));
    }

    private static void noAttemptTimeout(Subject subject, @Nullable Duration deadline) {
        int retries = subject.worst.retries();
        Duration usual = DEFAULTS.attemptTimeout();
        subject.report(
                Rule.NO_ATTEMPT_TIMEOUT,
                "attemptTimeout",
                deadline == null
                        ? "an attempt that hangs is never given up, so none of the "
                                + counted(retries, "retry", "retries") + " is made"
                        : "a first attempt that hangs takes all of the deadline of " + Figures.text(deadline)
                                + ", so none of the " + counted(retries, "retry", "retries") + " is made",
                deadline == null
                        ? "write how long one attempt may take"
                                + (usual == null ? "" : ", such as " + Figures.setting(usual))
                        : shorterAttempts(subject, deadline));
    }

    private static void worstCase(Subject subject, Backoff retries, Duration timeout, Duration deadline) {
        Duration untilLast = subject.worst.untilLastAttempt();
        if (untilLast == null || untilLast.compareTo(deadline) < 0) {
            return;
        }
        int attempts = subject.worst.retries() + 1;
        int made = 1;
        Duration start = Duration.ZERO;
        while (made < attempts) {
            start = start.plus(timeout).plusNanos(retries.longestDelayNanos(made));
            if (start.compareTo(deadline) >= 0) {
                break;
            }
            made++;
        }
        Duration share = share(subject, deadline);
        subject.report(
                Rule.WORST_CASE_OVER_DEADLINE,
                "deadline",
                attempts + " attempts of " + Figures.text(timeout) + " and waits of up to "
                        + Figures.text(subject.worst.waits()) + " in all take "
                        + Figures.text(untilLast.plus(timeout)) + ": attempt " + attempts + " would begin after "
                        + Figures.text(untilLast) + ", and the deadline of " + Figures.text(deadline)
                        + " leaves time for "
                        + counted(made, "attempt", "attempts"),
                "write attempts: " + made + ", a deadline above " + Figures.text(untilLast)
                        + (share == null ? ", or a lower cap" : ", or attemptTimeout: " + Figures.setting(share)));
    }

    private static String shorterAttempts(Subject subject, Duration deadline) {
        Duration share = share(subject, deadline);
        int attempts = subject.worst.retries() + 1;
        return share == null
                ? "write a shorter attemptTimeout and fewer attempts: the waits of " + attempts + " alone are up to "
                        + Figures.text(subject.worst.waits())
                : "write attemptTimeout: " + Figures.setting(share) + ", the share of one of " + attempts + " attempts";
    }

    /** What of the deadline remains for one attempt after all waits; null where the waits leave next to nothing. */
    private static @Nullable Duration share(Subject subject, Duration deadline) {
        Duration left = deadline.minus(subject.worst.waits());
        return left.compareTo(deadline.dividedBy(10)) < 0 ? null : left.dividedBy(subject.worst.retries() + 1L);
    }

    static String counted(int number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }
}
