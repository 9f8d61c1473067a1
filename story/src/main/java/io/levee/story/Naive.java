package io.levee.story;

import java.util.concurrent.Callable;

/** The retry loop that is in every code base: three times, at once, whatever it was. */
final class Naive {
    private static final int ATTEMPTS = 3;

    private Naive() {}

    static <T> T threeTimes(Callable<T> work) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.call();
            } catch (Exception failed) {
                if (attempt == ATTEMPTS) {
                    throw failed;
                }
            }
        }
    }
}
