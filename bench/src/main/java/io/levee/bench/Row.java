package io.levee.bench;

import java.util.Arrays;

/** The rows of the table, in its order. */
enum Row {
    RETRY("retry", "retry, the first attempt succeeds", RetryFirstAttemptRow.class),
    DEFAULTS("defaults", "defaults, the first attempt succeeds", DefaultsRow.class),
    RETRY_ONE("retry-1", "retry, one failure, no delay", RetryOneFailureRow.class),
    RETRY_DEFAULTS(
            "retry-1-defaults",
            "retry, one failure, no delay, with deadline, timeout and retry budget",
            RetryDefaultsRow.class),
    RETRY_TWO("retry-2", "retry, two failures, no delay", RetryTwoFailuresRow.class),
    BREAKER_COUNT("breaker-count", "breaker closed, count window", BreakerClosedCountRow.class),
    BREAKER_TIME("breaker-time", "breaker closed, time window", BreakerClosedTimeRow.class),
    BREAKER_OPEN("breaker-open", "breaker open, as a boolean", BreakerOpenBooleanRow.class),
    BREAKER_THROWS("breaker-throws", "breaker open, as an exception", BreakerOpenExceptionRow.class),
    LIMITER("limiter", "limiter, permitted", LimiterRow.class),
    LIMITER_NOW("limiter-now", "limiter, permitted, the instant handed in", LimiterHandedInstantRow.class),
    LIMITER_THROWS("limiter-throws", "limiter without a permit, as an exception", LimiterFullRow.class),
    BULKHEAD("bulkhead", "bulkhead, entered and left", BulkheadRow.class),
    BULKHEAD_THROWS("bulkhead-throws", "bulkhead full, as an exception", BulkheadFullRow.class),
    BUDGET("budget", "retry with its budget, the first attempt succeeds", BudgetRow.class),
    BUDGET_EMPTY("budget-empty", "retry budget empty, the attempt's failure comes out", BudgetEmptyRow.class),
    COMPOSED("composed", "retry + breaker + limiter", ComposedRow.class),
    EVERYTHING("everything", "retry + breaker + limiter + bulkhead", EverythingRow.class),
    EVERYTHING_HEARD("everything-heard", "the same, and somebody counts the calls", EverythingHeardRow.class),
    EVERYTHING_METRICS(
            "everything-metrics", "the same, counted for Prometheus or Micrometer", EverythingMetricsRow.class),
    TELEMETRY("telemetry", "defaults, telemetry off and on", TelemetryRow.class),
    TELEMETRY_RETRY("telemetry-1", "defaults, telemetry off and on, one failure", TelemetryRetryRow.class),
    THROTTLE("throttle", "throttle, nothing refused, the instant handed in", ThrottleRow.class),
    CONCURRENCY_LIMIT("concurrency-limit", "concurrency limit, entered and left", ConcurrencyLimitRow.class),
    ADAPTIVE("adaptive", "retry + throttle + concurrency limit", AdaptiveRow.class),
    BACKOFF("backoff", "next backoff delay", BackoffRow.class),
    ASYNC("async", "async, completes at once", AsyncRow.class),
    TIMER("timer", "timer, schedule and cancel, 100,000 pending", TimerRow.class),

    DEFAULTS_2("defaults-2", DEFAULTS),
    BREAKER_COUNT_2("breaker-count-2", BREAKER_COUNT),
    BREAKER_TIME_2("breaker-time-2", BREAKER_TIME),
    LIMITER_2("limiter-2", LIMITER),
    BULKHEAD_2("bulkhead-2", BULKHEAD),
    BUDGET_2("budget-2", BUDGET),
    EVERYTHING_2("everything-2", EVERYTHING),
    TIMER_2("timer-2", TIMER);

    /** What {@code --row} takes. */
    final String id;

    final String title;
    final Class<?> benchmarks;

    /** How many threads share what the row is about. */
    final int threads;

    /** The same row on one thread; itself if it is one. */
    final Row alone;

    Row(String id, String title, Class<?> benchmarks) {
        this.id = id;
        this.title = title;
        this.benchmarks = benchmarks;
        threads = 1;
        alone = this;
    }

    /** A row on two threads. */
    Row(String id, Row alone) {
        this.id = id;
        this.title = alone.title + ", two threads";
        this.benchmarks = alone.benchmarks;
        threads = 2;
        this.alone = alone;
    }

    static Row of(String id) {
        return Arrays.stream(values())
                .filter(row -> row.id.equals(id))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("no row is called '" + id + "'; there are " + BenchMain.ids()));
    }

    /** The row of a benchmark, by the name that JMH gives it. */
    static Row ofBenchmark(String name, int threads) {
        String owner = name.substring(0, name.lastIndexOf('.'));
        return Arrays.stream(values())
                .filter(row -> row.benchmarks.getName().equals(owner) && row.threads == threads)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "benchmark " + name + " on " + threads + " thread(s) belongs to no row"));
    }
}
