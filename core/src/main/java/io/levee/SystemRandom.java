package io.levee;

import java.util.concurrent.ThreadLocalRandom;

/** The calling thread's own generator: no contention, no seed to set. */
enum SystemRandom implements RandomSource {
    INSTANCE;

    @Override
    public long nextLong() {
        return ThreadLocalRandom.current().nextLong();
    }
}
