package io.levee.guard.signals;

import io.levee.Breaker;
import io.levee.Limiter;
import io.levee.traffic.TrafficWeights;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that a signal changes, and changes back. A value that somebody else has changed meanwhile is left as it is: who
 * does it by hand has the last word. Called by one thread at a time.
 */
interface Binding {
    /**
     * Does what a signal asks.
     *
     * @throws IllegalArgumentException if it cannot, saying why; then nothing has changed
     */
    void apply(Signal signal);

    /** Takes back what was done. */
    void release();

    /** Shares of traffic. */
    final class Weights implements Binding {
        private final TrafficWeights weights;
        private Map<String, Integer> before = Map.of();
        private @Nullable Map<String, Integer> asked;

        Weights(TrafficWeights weights) {
            this.weights = weights;
        }

        @Override
        public void apply(Signal signal) {
            if (!(signal.value() instanceof Map<?, ?> given)) {
                throw new IllegalArgumentException("weights are wanted, and it is a " + signal.kind());
            }
            Map<String, Integer> next = new LinkedHashMap<>();
            given.forEach((target, weight) -> {
                if (!(weight instanceof Number number)) {
                    throw new IllegalArgumentException("the weight of " + target + " is no number: " + weight);
                }
                next.put(String.valueOf(target), number.intValue());
            });
            if (asked == null) {
                before = weights.set(next);
                asked = next;
            } else if (weights.snapshot().equals(asked)) {
                weights.set(next);
                asked = next;
            }
        }

        @Override
        public void release() {
            Map<String, Integer> mine = asked;
            asked = null;
            if (mine != null && weights.snapshot().equals(mine)) {
                weights.set(before);
            }
        }
    }

    /** A breaker that is forced. */
    final class Forced implements Binding {
        private final Breaker breaker;
        private Breaker.@Nullable State asked;

        Forced(Breaker breaker) {
            this.breaker = breaker;
        }

        @Override
        public void apply(Signal signal) {
            boolean open;
            if (signal.kind().equals("breaker")) {
                open = "open".equals(signal.value());
                if (!open && !"closed".equals(signal.value())) {
                    throw new IllegalArgumentException("open or closed is wanted, and it is " + signal.value());
                }
            } else if (signal.kind().equals("fallback")) {
                // The calls' own fallbacks answer while every call is refused.
                if (!Boolean.TRUE.equals(signal.value())) {
                    release();
                    return;
                }
                open = true;
            } else {
                throw new IllegalArgumentException("breaker or fallback is wanted, and it is a " + signal.kind());
            }
            if (open) {
                breaker.forceOpen();
            } else {
                breaker.forceClosed();
            }
            asked = open ? Breaker.State.FORCED_OPEN : Breaker.State.FORCED_CLOSED;
        }

        @Override
        public void release() {
            Breaker.State mine = asked;
            asked = null;
            if (mine != null && breaker.state() == mine) {
                breaker.release();
            }
        }
    }

    /** A limiter whose rate is lowered to a share of what it was. */
    final class Lowered implements Binding {
        /** Less than one permit in 36 years is none. */
        private static final double LEAST = 1e-9;

        private final Limiter limiter;
        private double rate;
        private long burst;
        private double asked = Double.NaN;

        Lowered(Limiter limiter) {
            this.limiter = limiter;
        }

        @Override
        public void apply(Signal signal) {
            if (!signal.kind().equals("limit")
                    || !(signal.value() instanceof Number share)
                    || !(share.doubleValue() > 0 && share.doubleValue() < 1)) {
                throw new IllegalArgumentException("a limit's share above 0 and below 1 is wanted, and it is "
                        + signal.kind() + " " + signal.value());
            }
            if (Double.isNaN(asked)) {
                rate = limiter.permitsPerSecond();
                burst = limiter.burst();
            } else if (limiter.permitsPerSecond() != asked) {
                return;
            }
            limiter.change(
                    Math.max(LEAST, rate * share.doubleValue()), Math.max(1, (long) (burst * share.doubleValue())));
            asked = limiter.permitsPerSecond();
        }

        @Override
        public void release() {
            double mine = asked;
            asked = Double.NaN;
            if (limiter.permitsPerSecond() == mine) {
                limiter.change(rate, burst);
            }
        }
    }
}
