package io.levee;

/** The first attempt of a call without deadline, budget or anything else that an attempt could ask about. */
final class FirstAttempt implements Attempt {
    static final FirstAttempt INSTANCE = new FirstAttempt();

    private FirstAttempt() {}

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
