package io.levee.guard.slo.gate;

import io.levee.guard.slo.gate.Event.Side;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why a call was retried, or was not: the decision record that Levee made then. It counts for nothing; it is kept beside the
 * traces of failures, for people. Immutable.
 *
 * @param time when it was decided
 * @param service what was called
 * @param sli the indicator that the call belongs to; null if the service and the route say so
 * @param route the template of the route or operation; null if unknown
 * @param release the release that was called; null if unknown
 * @param environment where
 * @param side which side of a canary; null where there is none
 * @param traceId the call's trace; null if it has none
 * @param rule the rule that decided, such as {@code connect}; at most 100 characters
 * @param text the whole record, for a person; at most 1,000 characters
 */
public record RetryRecord(
        Instant time,
        String service,
        @Nullable String sli,
        @Nullable String route,
        @Nullable String release,
        Environment environment,
        @Nullable Side side,
        @Nullable String traceId,
        String rule,
        String text) {
    private static final int LONGEST_RULE = 100;
    private static final int LONGEST_TEXT = 1_000;

    /** Cuts what is too long: a record of a megabyte is a mistake, and no reason to lose the batch that it came with. */
    public RetryRecord {
        rule = cut(rule, LONGEST_RULE);
        text = cut(text, LONGEST_TEXT);
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
    }

    /**
     * The call as an event, to find the objectives that it belongs to.
     *
     * @return a good event, which is not to be counted
     */
    public Event call() {
        return new Event(
                null,
                time,
                service,
                sli,
                route,
                Event.Outcome.GOOD,
                release,
                environment,
                side,
                traceId,
                null,
                1,
                false,
                null);
    }
}
