package io.levee;

/** The first attempt of a call without deadline, budget or anything else that an attempt could ask about. */
enum FirstAttempt implements Attempt {
    INSTANCE;

    @Override
    public int number() {
        return 0;
    }

    @Override
    public long remainingNanos() {
        return Nanos.NEVER;
    }

    @Override
    public boolean isCancelled() {
        return Thread.currentThread().isInterrupted();
    }
}
