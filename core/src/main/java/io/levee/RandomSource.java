package io.levee;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Where jitter takes its random numbers from. Implementations are thread-safe; {@link #system()} and
 * {@link #seeded(long)} allocate nothing.
 */
@FunctionalInterface
public interface RandomSource {
    /**
     * The next random number.
     *
     * @return 64 uniformly distributed bits
     */
    long nextLong();

    /**
     * A random number below a bound, uniformly distributed (the bias is at most bound / 2^64).
     *
     * @param boundExclusive the bound; 1 or more
     * @return at least 0, less than the bound
     */
    default long nextBelow(long boundExclusive) {
        long bits = nextLong();
        // The upper half of the unsigned product of 64 random bits and the bound.
        return Math.multiplyHigh(bits, boundExclusive) + ((bits >> 63) & boundExclusive);
    }

    /**
     * The random numbers of the thread that asks ({@link ThreadLocalRandom}).
     *
     * @return the shared instance
     */
    static RandomSource system() {
        return () -> ThreadLocalRandom.current().nextLong();
    }

    /**
     * A reproducible sequence: equal seeds give equal numbers, on every JDK. Shared by several threads it stays
     * correct, but which thread gets which number is then up to the scheduler.
     *
     * @param seed any number
     * @return a new source
     */
    static RandomSource seeded(long seed) {
        return new SeededRandom(seed);
    }
}
