package io.levee.metrics;

import java.util.List;

/**
 * The metrics, one constant each: name, kind, labels. docs/observability.md has them as a table, held to this by a test.
 * {@code service} is the process that calls, {@code upstream} the downstream that it calls. A counter's name has no
 * {@code _total} here; the exposition adds it.
 */
public enum Metric {
    /** Retries by what they came to. */
    RETRIES(
            "retry_count",
            Kind.COUNTER,
            "Retries that have ended (attempts numbered 1 or more), by what each came to",
            "service",
            "upstream",
            "endpoint",
            "status"),
    /** What each retry made its caller wait. */
    RETRY_LATENCY(
            "retry_latency_seconds",
            Kind.HISTOGRAM,
            "Time from the failure of an attempt to the end of the retry after it: backoff, wait for a permit, attempt",
            "service",
            "upstream"),
    /** Failed attempts of the last minute by reason. */
    FAILURE_REASONS(
            "retry_failure_reason_labels",
            Kind.GAUGE,
            "Failed attempts of the last 60 s, by the rule of the classifier that judged them",
            "reason",
            "service",
            "upstream"),
    /** The same since the start. */
    FAILURES(
            "retry_failures",
            Kind.COUNTER,
            "Failed attempts, by the rule of the classifier that judged them",
            "reason",
            "service",
            "upstream"),
    /** Calls by how they ended. */
    CALLS(
            "levee_calls",
            Kind.COUNTER,
            "Calls that have ended: succeeded at the first attempt, succeeded after a retry, failed, or refused without an"
                    + " attempt",
            "service",
            "upstream",
            "result"),
    /** Attempts, first ones and retries. */
    ATTEMPTS(
            "levee_attempts",
            Kind.COUNTER,
            "Attempts that have ended, first ones and retries",
            "service",
            "upstream",
            "attempt"),
    /** Attempts per first attempt. */
    AMPLIFICATION(
            "levee_amplification_ratio",
            Kind.GAUGE,
            "Attempts for each first attempt, over the last 60 s; 1 means no retries",
            "service",
            "upstream"),
    /** Why calls ended without success. */
    STOPS(
            "levee_stops",
            Kind.COUNTER,
            "Calls that ended without success, by why there was no further attempt",
            "service",
            "upstream",
            "reason"),
    /** What Levee itself held back. */
    REFUSALS(
            "levee_refusals",
            Kind.COUNTER,
            "Attempts, first ones and retries, that Levee did not let go out, by what refused them",
            "service",
            "upstream",
            "kind"),
    /** Calls that the fallback answered. */
    FALLBACKS("levee_fallbacks", Kind.COUNTER, "Failed calls that the fallback answered", "service", "upstream"),
    /** The breaker's state. */
    BREAKER_STATE(
            "levee_breaker_state",
            Kind.GAUGE,
            "Breakers of this downstream that are in this state",
            "service",
            "upstream",
            "state"),
    /** How often it changed. */
    BREAKER_TRANSITIONS(
            "levee_breaker_transitions",
            Kind.COUNTER,
            "Changes of the breaker, by the state that it went to",
            "service",
            "upstream",
            "state"),
    /** Waits for a permit. */
    LIMITER_WAIT(
            "levee_limiter_wait_seconds",
            Kind.HISTOGRAM,
            "Waits of attempts that got no permit from the limiter at once",
            "service",
            "upstream"),
    /** Who waits now. */
    LIMITER_WAITING("levee_limiter_waiting", Kind.GAUGE, "Attempts that wait for a permit now", "service", "upstream"),
    /** The rate in force. */
    LIMITER_RATE(
            "levee_limiter_permits_per_second",
            Kind.GAUGE,
            "The rate of the limiter that is in force",
            "service",
            "upstream"),
    /** The retry budget. */
    RETRY_BUDGET(
            "levee_retry_budget_tokens",
            Kind.GAUGE,
            "Tokens left in the retry budget; below 1 no retry can be paid",
            "service",
            "upstream"),
    /** Attempts in the bulkhead. */
    IN_FLIGHT("levee_bulkhead_in_flight", Kind.GAUGE, "Attempts in the bulkhead now", "service", "upstream"),
    /** Label values that were not told apart. */
    LABEL_OVERFLOW(
            "levee_label_overflows",
            Kind.COUNTER,
            "Times that a label's value was counted under _OTHER, since the bound on its values was reached or it is a URL",
            "label");

    /** What a metric is. */
    public enum Kind {
        /** Only grows. */
        COUNTER,
        /** Goes up and down. */
        GAUGE,
        /** Observations in buckets, in seconds. */
        HISTOGRAM
    }

    /**
     * Upper bounds of the classic buckets in seconds: OpenTelemetry's advice for durations of HTTP and RPC clients
     * (semantic conventions, http.client.request.duration).
     */
    private static final double[] BUCKETS = {0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10};

    private final String baseName;
    private final Kind kind;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // List.of makes one that is
    private final List<String> labels;

    Metric(String baseName, Kind kind, String help, String... labels) {
        this.baseName = baseName;
        this.kind = kind;
        this.help = help;
        this.labels = List.of(labels);
    }

    /**
     * The name without the suffix of its kind.
     *
     * @return as in OpenMetrics
     */
    public String baseName() {
        return baseName;
    }

    /**
     * What it is.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * What it counts, in a sentence.
     *
     * @return the text of its HELP line
     */
    public String help() {
        return help;
    }

    /**
     * The keys of its labels: always these, in this order.
     *
     * @return the keys
     */
    public List<String> labels() {
        return labels;
    }

    /**
     * The upper bounds of a histogram's classic buckets.
     *
     * @return seconds, ascending, without infinity; a copy
     */
    public static double[] buckets() {
        return BUCKETS.clone();
    }
}
