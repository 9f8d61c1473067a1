package io.levee.lab.demo;

/**
 * What a user can choose about the demo.
 *
 * @param seconds how long it runs in all, warm-up included: {@value #MIN_SECONDS} to {@value #MAX_SECONDS}; the phases
 *     scale with it. Below 15 the faults are too short for a queue to fill, and the two sides look alike
 * @param seed where arrivals, service times and errors come from. Equal seeds give equal arrivals; what the threads of
 *     a real machine make of them still differs a little from run to run
 */
public record DemoOptions(int seconds, long seed) {
    /** Shorter than this, a phase would be shorter than one attempt's timeout. */
    public static final int MIN_SECONDS = 5;

    /** An hour: every call's latency is kept. */
    public static final int MAX_SECONDS = 3_600;

    /** What {@code levee demo} runs when nothing is said. */
    public static final int DEFAULT_SECONDS = 30;

    /** The seed of {@code levee demo} when nothing is said. */
    public static final long DEFAULT_SEED = 1;

    /**
     * Checks the length.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public DemoOptions {
        if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
            throw new IllegalArgumentException(
                    "seconds must be from " + MIN_SECONDS + " to " + MAX_SECONDS + ", is " + seconds);
        }
    }
}
