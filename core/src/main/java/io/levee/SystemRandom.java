package io.levee;

import java.util.concurrent.ThreadLocalRandom;

/** The calling thread's own generator: no contention, no seed to set. */
final class SystemRandom implements RandomSource {
    static final SystemRandom INSTANCE = new SystemRandom();

    private SystemRandom() {}

    @Override
    public long nextLong() {
        return ThreadLocalRandom.current().nextLong();
    }
}
