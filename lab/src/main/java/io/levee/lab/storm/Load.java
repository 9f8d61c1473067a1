package io.levee.lab.storm;

import java.util.List;

/** Where the calls come from. */
public sealed interface Load {
    /**
     * Calls that come whatever becomes of those before them (an open loop), at random with a rate that changes in steps.
     *
     * @param steps in the order of their begins, the first at 0
     */
    record Poisson(List<Step> steps) implements Load {
        /**
         * A load.
         *
         * @throws IllegalArgumentException if there is no step, or they are not in order
         */
        public Poisson {
            steps = List.copyOf(steps);
            double before = -1;
            for (Step step : steps) {
                if (step.fromSeconds() <= before) {
                    throw new IllegalArgumentException(
                            "steps must be in order, " + step.fromSeconds() + " s comes late");
                }
                before = step.fromSeconds();
            }
            if (steps.isEmpty() || steps.get(0).fromSeconds() != 0) {
                throw new IllegalArgumentException("the first step must begin at 0s");
            }
        }
    }

    /**
     * A rate that holds from an instant on.
     *
     * @param fromSeconds since the start of the run
     * @param perSecond calls a second
     */
    record Step(double fromSeconds, double perSecond) {
        /**
         * A step.
         *
         * @throws IllegalArgumentException if the rate is out of range
         */
        public Step {
            if (!(perSecond >= 0 && perSecond <= 1e6)) {
                throw new IllegalArgumentException("perSecond must be from 0 to 1000000, is " + perSecond);
            }
        }
    }

    /**
     * Calls at instants that were recorded.
     *
     * @param seconds since the start of the run, ascending
     */
    record Recorded(List<Double> seconds) implements Load {
        /**
         * A load.
         *
         * @throws IllegalArgumentException if the instants are not in order
         */
        public Recorded {
            seconds = List.copyOf(seconds);
            double before = 0;
            for (double one : seconds) {
                if (!(one >= before)) {
                    throw new IllegalArgumentException("recorded instants must ascend from 0, " + one + " comes late");
                }
                before = one;
            }
        }
    }

    /**
     * Every client has one operation to do: it calls when it starts, and again after a pause until it has succeeded.
     *
     * @param overSeconds the clients start within this time, evenly at random
     * @param pauseSeconds between a call that failed and the next
     */
    record Herd(double overSeconds, double pauseSeconds) implements Load {
        /**
         * A load.
         *
         * @throws IllegalArgumentException if a time is out of range
         */
        public Herd {
            if (!(overSeconds >= 0) || !(pauseSeconds >= 0.001)) {
                throw new IllegalArgumentException("over must be 0 s or more and pause 1 ms or more, are " + overSeconds
                        + " s and " + pauseSeconds + " s");
            }
        }
    }
}
