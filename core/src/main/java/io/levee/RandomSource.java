package io.levee;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

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
        AtomicLong state = new AtomicLong(seed);
        return () -> mixed(state.addAndGet(0x9E3779B97F4A7C15L));
    }

    /** SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014). */
    private static long mixed(long state) {
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
