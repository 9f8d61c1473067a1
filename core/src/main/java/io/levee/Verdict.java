package io.levee;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Classifier} says of an {@link Outcome}: success, retryable, or final. Immutable; the constants that
 * the standard classifier answers are shared, so judging allocates nothing.
 *
 * <p>A retryable verdict is a permission, not a promise: whether a retry follows is up to idempotency, the retry
 * policy, the deadline, the breaker and the retry budget.
 */
public final class Verdict {
    /** The kind of a verdict. */
    public enum Kind {
        /** The attempt did what the caller wanted. */
        SUCCESS,
        /** Another attempt may succeed. */
        RETRYABLE,
        /** Another attempt would fail in the same way, or must not be made. */
        FINAL
    }

    /** What an outcome says of the downstream's health, as the breaker counts it. */
    public enum Health {
        /** The downstream worked, even where the answer is an error that the caller made (status 404). */
        HEALTHY,
        /** The downstream failed. */
        FAULT,
        /** Nothing can be said: the caller gave up, or the attempt never left the process. Not counted. */
        UNKNOWN
    }

    /** {@link #maxRetries()} of a verdict that leaves the number of retries to the retry policy. */
    public static final int NO_OWN_LIMIT = Integer.MAX_VALUE;

    /** {@link #minDelayNanos()} of a verdict whose retry waits for nothing, not even for the retry policy's backoff. */
    public static final long AT_ONCE = -1;

    /** The attempt succeeded. */
    public static final Verdict SUCCESS =
            new Verdict(Kind.SUCCESS, "success", "success", Health.HEALTHY, 0, NO_OWN_LIMIT, 1, null);

    /** Begins the names of users' rules, so that metrics tell them from Levee's own and the engine lets them win. */
    private static final String USER = "user:";

    private final Kind kind;
    private final String rule;
    private final String reason;
    private final Health health;
    private final long minDelayNanos;
    private final int maxRetries;
    private final int cost;
    private final @Nullable Fate fate;

    private Verdict(
            Kind kind,
            String rule,
            String reason,
            Health health,
            long minDelayNanos,
            int maxRetries,
            int cost,
            @Nullable Fate fate) {
        this.kind = kind;
        this.rule = Objects.requireNonNull(rule, "rule");
        this.reason = Objects.requireNonNull(reason, "reason");
        this.health = health;
        this.minDelayNanos = minDelayNanos;
        this.maxRetries = maxRetries;
        this.cost = cost;
        this.fate = fate;
    }

    /**
     * A verdict that allows another attempt. Counts as a {@linkplain Health#FAULT fault} of the downstream and costs
     * one token of the retry budget.
     *
     * @param rule the rule's name, of low cardinality (it becomes a metric label), for example {@code connect}
     * @param reason one sentence for a person
     * @return the verdict
     */
    public static Verdict retryable(String rule, String reason) {
        return new Verdict(Kind.RETRYABLE, rule, reason, Health.FAULT, 0, NO_OWN_LIMIT, 1, null);
    }

    /**
     * A verdict that ends the call. Counts as a {@linkplain Health#FAULT fault} of the downstream.
     *
     * @param rule the rule's name, of low cardinality
     * @param reason one sentence for a person
     * @return the verdict
     */
    public static Verdict fatal(String rule, String reason) {
        return new Verdict(Kind.FINAL, rule, reason, Health.FAULT, 0, NO_OWN_LIMIT, 1, null);
    }

    /**
     * This verdict with another statement about the downstream's health.
     *
     * @param health what the breaker shall count
     * @return a verdict
     */
    public Verdict withHealth(Health health) {
        return new Verdict(kind, rule, reason, Objects.requireNonNull(health), minDelayNanos, maxRetries, cost, fate);
    }

    /**
     * This verdict with a floor under the delay, as a Retry-After header sets one.
     *
     * @param floor the shortest delay; zero or more
     * @return a verdict
     * @throws IllegalArgumentException if the floor is negative
     */
    public Verdict withMinDelay(Duration floor) {
        return withMinDelayNanos(Nanos.of(floor, "floor"));
    }

    Verdict withMinDelayNanos(long floorNanos) {
        return floorNanos == minDelayNanos
                ? this
                : new Verdict(kind, rule, reason, health, floorNanos, maxRetries, cost, fate);
    }

    /**
     * This verdict with no wait before the retry: the policy still says whether one may follow, but not when. For what
     * says nothing of the downstream's load, such as a pooled connection that had gone stale; limit how often with
     * {@link #withMaxRetries}.
     *
     * @return a verdict
     */
    public Verdict atOnce() {
        return withMinDelayNanos(AT_ONCE);
    }

    /**
     * This verdict with a limit of its own on how often one call is retried for this rule.
     *
     * @param retries the most retries; zero or more
     * @return a verdict
     * @throws IllegalArgumentException if the number is negative
     */
    public Verdict withMaxRetries(int retries) {
        Range.atLeast(0, retries, "maxRetries");
        return new Verdict(kind, rule, reason, health, minDelayNanos, retries, cost, fate);
    }

    /**
     * This verdict with another price for a retry.
     *
     * @param tokens tokens of the retry budget that one retry costs; zero or more
     * @return a verdict
     * @throws IllegalArgumentException if the number is negative
     */
    public Verdict withCost(int tokens) {
        Range.atLeast(0, tokens, "cost");
        return new Verdict(kind, rule, reason, health, minDelayNanos, maxRetries, tokens, fate);
    }

    /**
     * This verdict with the fate that its rule implies, for outcomes whose transport does not know it.
     *
     * @param fate the fate
     * @return a verdict
     */
    public Verdict withFate(Fate fate) {
        return new Verdict(kind, rule, reason, health, minDelayNanos, maxRetries, cost, Objects.requireNonNull(fate));
    }

    /** This verdict with what is known of this very error in front of its reason. */
    Verdict withDetail(@Nullable String detail) {
        return detail == null || detail.isEmpty()
                ? this
                : new Verdict(kind, rule, detail + ": " + reason, health, minDelayNanos, maxRetries, cost, fate);
    }

    /** Under the name of a user's rule. */
    Verdict ofUser() {
        return isSuccess() || isOfUser()
                ? this
                : new Verdict(kind, USER + rule, reason, health, minDelayNanos, maxRetries, cost, fate);
    }

    boolean isOfUser() {
        return rule.startsWith(USER);
    }

    /** A final verdict that keeps what this one says of health and fate. */
    Verdict toFinal(String newRule, String newReason) {
        return new Verdict(Kind.FINAL, newRule, newReason, health, 0, NO_OWN_LIMIT, cost, fate);
    }

    /**
     * The kind.
     *
     * @return success, retryable or final
     */
    public Kind kind() {
        return kind;
    }

    /**
     * The name of the rule that decided, stable between releases and of low cardinality.
     *
     * @return for example {@code connect} or {@code status-503}
     */
    public String rule() {
        return rule;
    }

    /**
     * Why, for a person.
     *
     * @return one sentence
     */
    public String reason() {
        return reason;
    }

    /**
     * What the outcome says of the downstream.
     *
     * @return what the breaker counts
     */
    public Health health() {
        return health;
    }

    /**
     * The floor under the delay before the retry.
     *
     * @return nanoseconds, 0 for none, {@link #AT_ONCE} for a retry without any delay
     */
    public long minDelayNanos() {
        return minDelayNanos < AT_ONCE ? ~minDelayNanos : minDelayNanos;
    }

    /** The same with what it means: negative, it is the complement of the exact wait, {@link #AT_ONCE} that of 0. */
    long askedNanos() {
        return minDelayNanos;
    }

    /**
     * How often one call may be retried for this rule.
     *
     * @return the limit, {@link #NO_OWN_LIMIT} if the retry policy alone decides
     */
    public int maxRetries() {
        return maxRetries;
    }

    /**
     * What a retry for this rule costs.
     *
     * @return tokens of the retry budget
     */
    public int cost() {
        return cost;
    }

    /**
     * The fate that the rule implies, used where the outcome does not state one.
     *
     * @return the fate, or null if the rule implies none
     */
    public @Nullable Fate fate() {
        return fate;
    }

    /**
     * Tells whether another attempt is allowed.
     *
     * @return true if the kind is {@link Kind#RETRYABLE}
     */
    public boolean isRetryable() {
        return kind == Kind.RETRYABLE;
    }

    /**
     * Tells whether the attempt succeeded.
     *
     * @return true if the kind is {@link Kind#SUCCESS}
     */
    public boolean isSuccess() {
        return kind == Kind.SUCCESS;
    }

    @Override
    public String toString() {
        return kind + " by rule " + rule + ": " + reason;
    }
}
