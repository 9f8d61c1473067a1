package io.levee.console;

import io.levee.Breaker;
import io.levee.Bulkhead;
import io.levee.LeveeState;
import org.jspecify.annotations.Nullable;

/**
 * How a downstream is, in a word for the colour and a few for the reader. The first line that holds counts.
 *
 * @param word good, strained, refusing or closed
 * @param text what it is that is not good
 */
record Health(String word, String text) {
    /** From here on retries add more than a tenth to the load: what the default retry budget grants in the long run. */
    static final double AMPLIFIED = 1.1;

    /** Fewer first attempts than this say nothing about amplification. */
    private static final int ENOUGH = 20;

    static Health of(LeveeState state, @Nullable Bulkhead bulkhead, Counts recent) {
        if (state.closed()) {
            return new Health("closed", "shut down");
        }
        Breaker.Snapshot breaker = state.breaker();
        if (breaker != null) {
            switch (breaker.state()) {
                case OPEN -> {
                    return new Health("refusing", "breaker open");
                }
                case FORCED_OPEN -> {
                    return new Health("refusing", "breaker held open");
                }
                case HALF_OPEN -> {
                    return new Health("refusing", "breaker probing");
                }
                default -> {
                    // lets calls through
                }
            }
        }
        if (bulkhead != null && state.inFlight() >= bulkhead.max()) {
            return new Health("refusing", "bulkhead full");
        }
        if (state.retryBudgetLeft() < 1) {
            return new Health("strained", "retry budget empty");
        }
        if (state.limiter() != null
                && state.limiter().waitingFirst() + state.limiter().waitingRetries() > 0) {
            return new Health("strained", "waiting for permits");
        }
        if (recent.firstAttempts() >= ENOUGH && recent.amplification() > AMPLIFIED) {
            return new Health("strained", "retrying");
        }
        if (recent.calls() >= ENOUGH && recent.success() < 0.95) {
            return new Health("strained", "failing");
        }
        return new Health("good", recent.calls() == 0 ? "idle" : "good");
    }
}
