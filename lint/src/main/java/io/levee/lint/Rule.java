package io.levee.lint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What the linter looks for. Each rule with an example stands in docs/lint.md. */
public enum Rule {
    /** In the worst case the deadline passes before the last attempt may begin. */
    WORST_CASE_OVER_DEADLINE("the worst case is longer than the deadline: attempts are promised that are never made"),
    /** A call may take longer than its caller waits. */
    LONGER_THAN_CALLER("a call may take longer than its caller waits"),
    /** An attempt may take as long as the whole call. */
    ATTEMPT_TIMEOUT_OVER_DEADLINE("one attempt may take all of the deadline"),
    /** An attempt has no limit, so that the first one can take all of the deadline. */
    NO_ATTEMPT_TIMEOUT("an attempt that hangs leaves no time for a retry"),
    /** A call has no limit. */
    NO_DEADLINE("nothing ends a call"),
    /** Retries of many clients come back in step. */
    NO_JITTER("the waits of all clients are alike"),
    /** The cap takes the jitter away. */
    JITTER_LOST_AT_CAP("the cap takes the jitter away"),
    /** Nothing bounds what is sent to the downstream. */
    NO_LIMITER("nothing bounds what the downstream is sent"),
    /** The limiter grants more than the downstream does. */
    LIMITER_OVER_CAPACITY("the limiter lets through more than the downstream grants"),
    /** The client or a proxy retries below Levee. */
    RETRIES_OUTSIDE_LIMITER("retries that pass neither the limiter nor the retry budget"),
    /** Several layers retry, so that their attempts multiply. */
    LAYERS_MULTIPLY("retries of several layers multiply"),
    /** Retries meet the downstream just as it closes idle connections. */
    IDLE_TIMEOUT_WINDOW("retries go out as the downstream closes the idle connection"),
    /** What must not happen twice is repeated. */
    REPEATS_SIDE_EFFECTS("what must not happen twice is sent twice"),
    /** A queue that can grow without a bound that matters. */
    UNBOUNDED_BUFFER("a queue that grows until memory ends"),
    /** Something is ignored that is not there. */
    UNUSED_IGNORE("an ignored rule that is unknown or finds nothing");

    private final String id;
    private final String summary;

    Rule(String summary) {
        id = name().toLowerCase(Locale.ROOT).replace('_', '-');
        this.summary = summary;
    }

    /**
     * The name by which the rule is reported and ignored. Does not change from release to release.
     *
     * @return lower case with hyphens, such as {@code no-jitter}
     */
    public String id() {
        return id;
    }

    /**
     * What the rule finds, in a line.
     *
     * @return a text without a full stop
     */
    public String summary() {
        return summary;
    }

    static Optional<Rule> of(String id) {
        return Arrays.stream(values()).filter(rule -> rule.id.equals(id)).findFirst();
    }
}
