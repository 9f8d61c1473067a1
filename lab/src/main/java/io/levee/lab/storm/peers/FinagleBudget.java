package io.levee.lab.storm.peers;

import java.util.function.DoubleSupplier;

/**
 * Finagle's RetryBudget: over the last 10 s, a fifth of the calls and 10 a second may be retried. Three tries, full jitter
 * from 100 ms.
 */
final class FinagleBudget extends PeerRules {
    private static final int TRIES = 3;
    private static final int SECONDS = 10;
    private static final double SHARE = 0.2;
    private static final double RESERVE = 10.0 * SECONDS;

    private final DoubleSupplier random;
    /** What came in and went out in each of the last seconds, ring-wise. */
    private final double[] net = new double[SECONDS];

    private double balance = RESERVE;
    private long second;

    FinagleBudget(DoubleSupplier random) {
        this.random = random;
    }

    private void turn(long nowNanos) {
        long now = nowNanos / SECOND;
        for (long s = Math.max(second + 1, now - SECONDS + 1); s <= now; s++) {
            int slot = (int) (s % SECONDS);
            balance -= net[slot];
            net[slot] = 0;
        }
        second = now;
    }

    private void change(double by) {
        net[(int) (second % SECONDS)] += by;
        balance += by;
    }

    @Override
    public void callBegins(long nowNanos) {
        turn(nowNanos);
        change(SHARE);
    }

    @Override
    public long pauseBeforeRetry(int made, int status, long nowNanos) {
        turn(nowNanos);
        if (made >= TRIES || balance < 1) {
            return STOP;
        }
        change(-1);
        return (long) (random.getAsDouble() * ((100 * MILLIS) << (made - 1)));
    }
}
