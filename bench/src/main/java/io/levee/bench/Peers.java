package io.levee.bench;

import dev.failsafe.Failsafe;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.util.backoff.ExponentialBackOff;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RecordSuccessRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.retries.api.RetryToken;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;

/**
 * The peers, each in the fastest configuration that its public API supports and with the same settings: three attempts,
 * no delay, no listener, no metric, no logging; a breaker at 50 % of a window of 100 calls or of 10 s; a limiter that
 * always has a permit. docs/benchmarks.md says what was chosen for whom, and why.
 */
final class Peers {
    static final int ATTEMPTS = 3;
    static final int WINDOW_CALLS = 100;
    static final Duration WINDOW = Duration.ofSeconds(10);
    static final Duration OPEN_FOR = Duration.ofHours(1);
    static final Duration BASE = Duration.ofMillis(100);
    static final Duration CAP = Duration.ofSeconds(2);

    /** Permits a second: more than anybody can take. */
    static final int PERMITS = 1_000_000_000;

    /** Room in the bulkheads: more than anybody needs. */
    static final int IN_FLIGHT = 64;

    private Peers() {}

    /** Kept, like every peer's, for as long as the benchmark runs. */
    static final class Resilience4j {
        private Resilience4j() {}

        static io.github.resilience4j.retry.Retry retry() {
            return io.github.resilience4j.retry.Retry.of(
                    "bench",
                    RetryConfig.custom()
                            .maxAttempts(ATTEMPTS)
                            .waitDuration(Duration.ZERO)
                            .build());
        }

        /** Locked, not lock-free: on one thread the locked window is faster and allocates less. */
        static io.github.resilience4j.circuitbreaker.CircuitBreaker breaker(SlidingWindowType window) {
            int size = window == SlidingWindowType.COUNT_BASED ? WINDOW_CALLS : (int) WINDOW.toSeconds();
            return io.github.resilience4j.circuitbreaker.CircuitBreaker.of(
                    "bench",
                    CircuitBreakerConfig.custom()
                            .failureRateThreshold(50)
                            .slidingWindow(
                                    size, WINDOW_CALLS, window, SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
                            .waitDurationInOpenState(OPEN_FOR)
                            .writableStackTraceEnabled(false)
                            .build());
        }

        static io.github.resilience4j.ratelimiter.RateLimiter limiter() {
            return io.github.resilience4j.ratelimiter.RateLimiter.of(
                    "bench",
                    RateLimiterConfig.custom()
                            .limitForPeriod(PERMITS)
                            .limitRefreshPeriod(Duration.ofSeconds(1))
                            .timeoutDuration(Duration.ZERO)
                            .writableStackTraceEnabled(false)
                            .build());
        }

        /** Its one permit of the day is taken. */
        static io.github.resilience4j.ratelimiter.RateLimiter emptyLimiter() {
            io.github.resilience4j.ratelimiter.RateLimiter limiter = io.github.resilience4j.ratelimiter.RateLimiter.of(
                    "bench",
                    RateLimiterConfig.custom()
                            .limitForPeriod(1)
                            .limitRefreshPeriod(Duration.ofDays(1))
                            .timeoutDuration(Duration.ZERO)
                            .writableStackTraceEnabled(false)
                            .build());
            limiter.acquirePermission();
            return limiter;
        }

        static io.github.resilience4j.bulkhead.Bulkhead bulkhead(int room) {
            return io.github.resilience4j.bulkhead.Bulkhead.of(
                    "bench",
                    BulkheadConfig.custom()
                            .maxConcurrentCalls(room)
                            .maxWaitDuration(Duration.ZERO)
                            .writableStackTraceEnabled(false)
                            .build());
        }

        static IntervalFunction backoff() {
            return IntervalFunction.ofExponentialRandomBackoff(BASE, 2.0, 0.5, CAP);
        }
    }

    /** Failsafe's policies; its executor composes them. */
    static final class FailsafePeer {
        private FailsafePeer() {}

        static dev.failsafe.RetryPolicy<Object> retry() {
            return dev.failsafe.RetryPolicy.builder().withMaxAttempts(ATTEMPTS).build();
        }

        static dev.failsafe.CircuitBreaker<Object> countBreaker() {
            return dev.failsafe.CircuitBreaker.builder()
                    .withFailureThreshold(WINDOW_CALLS / 2, WINDOW_CALLS)
                    .withDelay(OPEN_FOR)
                    .build();
        }

        static dev.failsafe.CircuitBreaker<Object> timeBreaker() {
            return dev.failsafe.CircuitBreaker.builder()
                    .withFailureRateThreshold(50, WINDOW_CALLS, WINDOW)
                    .withDelay(OPEN_FOR)
                    .build();
        }

        static dev.failsafe.RateLimiter<Object> limiter() {
            return dev.failsafe.RateLimiter.burstyBuilder(PERMITS, Duration.ofSeconds(1))
                    .build();
        }

        /** Its one permit of the day is taken. */
        static dev.failsafe.RateLimiter<Object> emptyLimiter() {
            dev.failsafe.RateLimiter<Object> limiter = dev.failsafe.RateLimiter.burstyBuilder(1, Duration.ofDays(1))
                    .build();
            limiter.tryAcquirePermit();
            return limiter;
        }

        @SafeVarargs
        @SuppressWarnings("varargs") // stays in here
        static dev.failsafe.FailsafeExecutor<Object> executor(dev.failsafe.Policy<Object>... outermostFirst) {
            return Failsafe.with(java.util.List.of(outermostFirst));
        }
    }

    /** Spring's core retry. */
    static final class Spring {
        private Spring() {}

        static RetryTemplate retry() {
            return new RetryTemplate(org.springframework.core.retry.RetryPolicy.builder()
                    .maxRetries(ATTEMPTS - 1L)
                    .delay(Duration.ZERO)
                    .build());
        }

        static ExponentialBackOff backoff() {
            ExponentialBackOff backoff = new ExponentialBackOff(BASE.toMillis(), 2.0);
            backoff.setMaxInterval(CAP.toMillis());
            backoff.setJitter(BASE.toMillis() / 2);
            return backoff;
        }
    }

    /** The AWS SDK's standard strategy, its token bucket off; the loop round it is what its client does. */
    static final class Aws {
        private static final AcquireInitialTokenRequest START = AcquireInitialTokenRequest.create("bench");

        private Aws() {}

        static RetryStrategy strategy() {
            return builder().circuitBreakerEnabled(false).build();
        }

        /** With its token bucket, which it calls circuit breaker; it is on in the SDK's clients. */
        static RetryStrategy budgeted() {
            return builder().circuitBreakerEnabled(true).build();
        }

        /** Its bucket is empty. */
        static RetryStrategy emptied() {
            RetryStrategy strategy = budgeted();
            IOException failure = new IOException("refused");
            boolean[] again = {true};
            for (int i = 0; i < 10_000 && again[0]; i++) {
                again[0] = false;
                try {
                    // A fresh call each time: what it may spend ends with its attempts, the bucket with all of them.
                    int[] attempts = {0};
                    retry(strategy, () -> {
                        again[0] = ++attempts[0] > 1;
                        throw failure;
                    });
                } catch (Exception spent) {
                    // as planned
                }
            }
            if (again[0]) {
                throw new IllegalStateException("the token bucket should be empty");
            }
            return strategy;
        }

        private static StandardRetryStrategy.Builder builder() {
            return StandardRetryStrategy.builder()
                    .maxAttempts(ATTEMPTS)
                    .retryOnExceptionInstanceOf(IOException.class)
                    .treatAsThrottling(failure -> false)
                    .backoffStrategy(BackoffStrategy.retryImmediately())
                    .throttlingBackoffStrategy(BackoffStrategy.retryImmediately());
        }

        static BackoffStrategy backoff() {
            return BackoffStrategy.exponentialDelay(BASE, CAP);
        }

        static Object retry(RetryStrategy strategy, Callable<Object> body) throws Exception {
            RetryToken token = strategy.acquireInitialToken(START).token();
            while (true) {
                try {
                    Object answer = body.call();
                    strategy.recordSuccess(RecordSuccessRequest.create(token));
                    return answer;
                } catch (IOException failure) {
                    token = next(strategy, token, failure);
                }
            }
        }

        private static RetryToken next(RetryStrategy strategy, RetryToken token, IOException failure)
                throws IOException {
            try {
                return strategy.refreshRetryToken(RefreshRetryTokenRequest.builder()
                                .token(token)
                                .failure(failure)
                                .build())
                        .token();
            } catch (TokenAcquisitionFailedException exhausted) {
                failure.addSuppressed(exhausted);
                throw failure;
            }
        }
    }
}
