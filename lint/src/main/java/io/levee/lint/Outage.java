package io.levee.lint;

import io.levee.Call;
import io.levee.Levee;
import io.levee.RandomSource;
import io.levee.config.LeveeConfig;
import io.levee.test.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many attempts a policy sends to a downstream that is down. Found by letting it: the engine itself, in virtual
 * time, with the file's settings. So whatever bounds attempts (retry budget, limiter, breaker, ...) counts by its own
 * rules, alone and together.
 */
final class Outage {
    static final int CALLS_PER_SECOND = 100;
    static final int SECONDS = 20;

    private static final Duration STEP = Duration.ofSeconds(1).dividedBy(CALLS_PER_SECOND);

    /** How long a refusal takes. */
    private static final Duration REFUSED_AFTER = Duration.ofMillis(5);

    private static final long SEED = 1;

    /** Attempts a call from which on the exact figure is of no use, and counting on would take long. */
    private static final int PLENTY = 50;

    private Outage() {}

    /** Attempts for each call, over {@value #SECONDS} s of {@value #CALLS_PER_SECOND} calls a second, all refused. */
    static double attemptsPerCall(LeveeConfig config, String downstream) {
        VirtualTime time = VirtualTime.manual();
        AtomicLong attempts = new AtomicLong();
        Call<Object> call = Call.named("outage").idempotent();
        try (Levee levee = config.builder(downstream)
                .time(time)
                .random(RandomSource.seeded(SEED))
                .executor(Runnable::run)
                .build()) {
            int calls = CALLS_PER_SECOND * SECONDS;
            int begun = 0;
            while (begun < calls && attempts.get() < (long) PLENTY * calls) {
                begun++;
                var unused = levee.executeAsync(call, attempt -> {
                    attempts.incrementAndGet();
                    return refused(time);
                });
                time.advance(STEP);
            }
            // The last calls' retries, for as long again.
            for (int i = 0; i < calls && levee.state().pending() > 0 && attempts.get() < (long) PLENTY * calls; i++) {
                time.advance(STEP);
            }
            return attempts.get() / (double) begun;
        }
    }

    private static CompletableFuture<Object> refused(VirtualTime time) {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        time.schedule(time.nanoTime() + REFUSED_AFTER.toNanos(), () -> answer.completeExceptionally(new Refused()));
        return answer;
    }

    /** As the JDK's own, without the stack trace, which is what thousands of them would cost. */
    private static final class Refused extends ConnectException {
        private static final long serialVersionUID = 1L;

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it does nothing
        public Throwable fillInStackTrace() {
            return this;
        }
    }
}
