package io.levee.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The rows of the table, in its order. */
enum Row {
    RETRY("retry", "retry, the first attempt succeeds", RetryFirstAttemptRow.class),
    RETRY_ONE("retry-1", "retry, one failure, no delay", RetryOneFailureRow.class),
    RETRY_TWO("retry-2", "retry, two failures, no delay", RetryTwoFailuresRow.class),
    BREAKER_COUNT("breaker-count", "breaker closed, count window", BreakerClosedCountRow.class),
    BREAKER_TIME("breaker-time", "breaker closed, time window", BreakerClosedTimeRow.class),
    BREAKER_OPEN("breaker-open", "breaker open, as a boolean", BreakerOpenBooleanRow.class),
    BREAKER_THROWS("breaker-throws", "breaker open, as an exception", BreakerOpenExceptionRow.class),
    LIMITER("limiter", "limiter, permitted", LimiterRow.class),
    LIMITER_NOW("limiter-now", "limiter, permitted, the instant handed in", LimiterHandedInstantRow.class),
    COMPOSED("composed", "retry + breaker + limiter", ComposedRow.class),
    BACKOFF("backoff", "next backoff delay", BackoffRow.class),
    ASYNC("async", "async, completes at once", AsyncRow.class);

    /** What {@code --row} takes. */
    final String id;

    final String title;
    final Class<?> benchmarks;

    Row(String id, String title, Class<?> benchmarks) {
        this.id = id;
        this.title = title;
        this.benchmarks = benchmarks;
    }

    static Row of(String id) {
        return Arrays.stream(values())
                .filter(row -> row.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no row is called '" + id + "'; there are " + ids(List.of(values()))));
    }

    /** The row of a benchmark, by the name that JMH gives it. */
    static Row ofBenchmark(String name) {
        String owner = name.substring(0, name.lastIndexOf('.'));
        return Arrays.stream(values())
                .filter(row -> row.benchmarks.getName().equals(owner))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("benchmark " + name + " belongs to no row"));
    }

    static String ids(List<Row> rows) {
        return rows.stream().map(row -> row.id).collect(Collectors.joining(", "));
    }
}
