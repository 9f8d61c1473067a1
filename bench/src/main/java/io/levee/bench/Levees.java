package io.levee.bench;

import io.levee.Breaker;
import io.levee.Bulkhead;
import io.levee.ConcurrencyLimit;
import io.levee.Levee;
import io.levee.Limiter;
import io.levee.RetryBudget;
import io.levee.RetryPolicy;
import io.levee.Telemetry;
import io.levee.Throttle;
import io.levee.TimeSource;
import io.levee.metrics.Meters;
import io.levee.metrics.MetricOptions;
import io.levee.metrics.Recorder;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Levee, with just what a row is about switched on. */
final class Levees {
    private Levees() {}

    private static Levee.Builder retrying(Telemetry... told) {
        // Without any, if none is given: what lies on the class path would find its way into every row.
        return Levee.named("bench")
                .telemetry(told)
                .retry(RetryPolicy.fixed(Duration.ZERO).attempts(Peers.ATTEMPTS));
    }

    private static Levee.Builder bare() {
        return retrying().noDeadline().noAttemptTimeout().noRetryBudget();
    }

    static Levee retryOnly() {
        return bare().build();
    }

    private static Breaker.Spec countRule() {
        return Breaker.failureRate(0.5)
                .overCalls(Peers.WINDOW_CALLS)
                .minimumCalls(Peers.WINDOW_CALLS)
                .openFor(Peers.OPEN_FOR);
    }

    static Breaker countBreaker() {
        return countRule().build();
    }

    static Breaker timeBreaker() {
        return Breaker.failureRate(0.5)
                .overTime(Peers.WINDOW)
                .minimumCalls(Peers.WINDOW_CALLS)
                .openFor(Peers.OPEN_FOR)
                .build();
    }

    /** One failure opens this rule's breaker. */
    private static Breaker.Spec touchyRule() {
        return Breaker.consecutiveFailures(1).openFor(Peers.OPEN_FOR);
    }

    static Breaker openBreaker() {
        return opened(touchyRule().build());
    }

    static Levee refusing() {
        Levee levee = bare().breaker(touchyRule()).build();
        opened(levee.breaker());
        return levee;
    }

    private static Breaker opened(Breaker breaker) {
        long now = TimeSource.system().nanoTime();
        breaker.onFailure(breaker.tryAcquire(now), now, 0);
        if (!breaker.isOpen(now)) {
            throw new IllegalStateException(breaker + " should be open");
        }
        return breaker;
    }

    private static Limiter.Spec limiterRule() {
        return Limiter.perSecond(Peers.PERMITS).burst(Peers.PERMITS);
    }

    static Limiter limiter() {
        return limiterRule().build(TimeSource.system());
    }

    /** What a user gets who asks for a breaker and a limiter and switches nothing off. */
    static Levee everything() {
        return retrying().breaker(countRule()).limiter(limiterRule()).build();
    }

    private static Levee.Builder all(Telemetry... told) {
        return retrying(told).breaker(countRule()).limiter(limiterRule()).bulkhead(Bulkhead.inFlight(Peers.IN_FLIGHT));
    }

    /** The same with a bulkhead, and the metrics of the exporters. */
    static Levee everythingMeasured() {
        return all(meters()).build();
    }

    /** Deadline, timeout and retry budget as they are by default, and no delay, which leaves the concurrency limit out. */
    static Levee atOnce(Telemetry... telemetry) {
        return retrying(telemetry).build();
    }

    /** What levee-prometheus and levee-micrometer count with, without a registry, which only reads. */
    static Telemetry meters() {
        return new Meters(MetricOptions.defaults(), (service, upstream) -> new Recorder() {
            @Override
            public void retryEnded(double seconds, @Nullable String traceparent) {}

            @Override
            public void limiterWaited(double seconds) {}
        });
    }

    /** The same with a bulkhead, and a listener if somebody is to hear of it. */
    static Levee everything(@Nullable Heard heard) {
        Levee.Builder builder = all();
        if (heard != null) {
            builder.listener(event -> heard.called());
        }
        return builder.build();
    }

    /** What a user gets who sets nothing. */
    static Levee defaults() {
        return Levee.named("bench").telemetry().build();
    }

    static Levee budgeted() {
        return retrying().noDeadline().noAttemptTimeout().build();
    }

    static Levee emptyBudget() {
        Levee levee = retrying()
                .noDeadline()
                .noAttemptTimeout()
                .retryBudget(RetryBudget.ratio(0).reservePerSecond(0).maxBalance(1))
                .build();
        IOException failure = new ConnectException("refused");
        try {
            levee.call(attempt -> {
                throw failure;
            });
        } catch (IOException spent) {
            // its one retry took the one token
        }
        if (levee.state().retryBudgetLeft() != 0) {
            throw new IllegalStateException("the retry budget should be empty: " + levee.state());
        }
        return levee;
    }

    static Levee withoutPermit() {
        Levee levee = bare().limiter(Limiter.per(Duration.ofDays(1), 1).burst(1).maxWaiting(0))
                .build();
        levee.limiter().tryAcquire(TimeSource.system().nanoTime());
        return levee;
    }

    static Levee fullBulkhead() {
        Levee levee = bare().bulkhead(Bulkhead.inFlight(1)).build();
        levee.bulkhead().tryEnter();
        return levee;
    }

    /** What a user gets who asks for a throttle and a concurrency limit and switches nothing off. */
    static Levee adaptive() {
        return retrying()
                .throttle(Throttle.adaptive())
                .concurrencyLimit(ConcurrencyLimit.adaptive())
                .build();
    }

    static RetryPolicy backoff() {
        return RetryPolicy.exponential(Peers.BASE).cap(Peers.CAP).fullJitter();
    }
}
