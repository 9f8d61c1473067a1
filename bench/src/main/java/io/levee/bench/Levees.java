package io.levee.bench;

import io.levee.Breaker;
import io.levee.Levee;
import io.levee.Limiter;
import io.levee.RetryPolicy;
import io.levee.TimeSource;
import java.time.Duration;

/** Levee, with just what a row is about switched on. */
final class Levees {
    private Levees() {}

    private static Levee.Builder retrying() {
        return Levee.named("bench").retry(RetryPolicy.fixed(Duration.ZERO).attempts(Peers.ATTEMPTS));
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

    static RetryPolicy backoff() {
        return RetryPolicy.exponential(Peers.BASE).cap(Peers.CAP).fullJitter();
    }
}
