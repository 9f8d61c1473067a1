package io.levee.bench;

import io.levee.Breaker;
import io.levee.Levee;
import io.levee.Limiter;
import io.levee.RetryPolicy;
import java.time.Duration;

/**
 * What {@link StartUp} starts in fresh JVMs: sets up a Levee, makes one call through it, and prints the nanoseconds from
 * the start of main to the end of the call. The argument says how much is set up: {@code defaults}, {@code composed}, or
 * {@code nothing} for a program without Levee.
 */
final class FirstCall {
    private FirstCall() {}

    /**
     * Makes the call.
     *
     * @param arguments what to set up
     */
    public static void main(String[] arguments) {
        long start = System.nanoTime();
        switch (arguments[0]) {
            case "defaults" -> call(Levee.named("inventory").build());
            case "composed" -> call(composed());
            default -> {
                // the same program without Levee
            }
        }
        System.out.println(System.nanoTime() - start);
    }

    private static void call(Levee levee) {
        String answer = levee.call(attempt -> "7");
        if (!answer.equals("7")) {
            throw new IllegalStateException(answer);
        }
    }

    private static Levee composed() {
        return Levee.named("inventory")
                .retry(RetryPolicy.exponential(Duration.ofMillis(50))
                        .fullJitter()
                        .attempts(3))
                .deadline(Duration.ofSeconds(3))
                .attemptTimeout(Duration.ofMillis(800))
                .limiter(Limiter.perSecond(100).burst(100))
                .breaker(Breaker.failureRate(0.5))
                .build();
    }
}
