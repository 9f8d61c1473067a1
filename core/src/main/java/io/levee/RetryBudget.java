package io.levee;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The tokens that say how many retries a downstream may still be sent. Every call pays in a share of a token, every
 * retry takes out one or more, a retry that succeeds gets its price back. So retries that help are free, and retries
 * that do not help are bounded:
 *
 * <p>In any stretch of time in which no retry succeeds, retries cost at most
 * {@code ratio x calls + reservePerSecond x seconds + maxBalance} tokens.
 *
 * <p>Thread-safe and lock-free. With a full balance, the state of a healthy downstream, a call writes nothing. The idea
 * is Finagle's (RetryBudget); the prices by kind of error and the refund are those of the AWS SDKs (standard retry mode).
 */
public final class RetryBudget {
    /** Counted in millionths of a token, so that no sum of small shares rounds to nothing. */
    private static final long MICRO = 1_000_000L;

    private final long depositMicros;
    /** Both written by {@link #change}; who pays in at that moment may still go by the ones before. */
    private volatile long microsPerSecond;

    private volatile long maxMicros;
    /** Written by deposits, withdrawals, refunds and refills; each is one CAS, so none is lost. */
    private final Padded balanceMicros = new Padded(1);
    /** The instant up to which the reserve has been paid in; who advances it by CAS pays in for that stretch. */
    private final AtomicLong refilledToNanos;

    private RetryBudget(Spec spec, long nowNanos) {
        depositMicros = Math.round(spec.ratio * MICRO);
        microsPerSecond = Math.round(spec.reservePerSecond * MICRO);
        maxMicros = Math.round(spec.maxBalance * MICRO);
        balanceMicros.set(Padded.FIRST, Math.min(maxMicros, Math.round(Spec.INITIAL_BALANCE * MICRO)));
        refilledToNanos = new AtomicLong(nowNanos);
    }

    /**
     * A retry budget that grows by a share of a token with each call.
     *
     * @param ratio retries that fail per call, over time; 0 to 10. The usual 0.1 lets retries add a tenth to the load
     *     of a downstream that is down (SRE book, chapter 21)
     * @return a specification with a reserve of 1 token a second and a balance of at most 100
     * @throws IllegalArgumentException if the ratio is out of range
     */
    public static Spec ratio(double ratio) {
        return new Spec(Range.within(0, 10, ratio, "retry budget ratio"), 1.0, 100.0);
    }

    /** A call begins: pays in. */
    void deposit() {
        add(depositMicros);
    }

    /** Takes out the price of a retry, all of it or nothing. */
    boolean tryWithdraw(int cost, long nowNanos) {
        refill(nowNanos);
        long price = cost * MICRO;
        long balance = balanceMicros.get(Padded.FIRST);
        while (balance >= price) {
            long seen = balanceMicros.compareAndExchange(Padded.FIRST, balance, balance - price);
            if (seen == balance) {
                return true;
            }
            balance = seen;
        }
        return false;
    }

    /** Gives a price back: the retry succeeded, or was not made after all. */
    void refund(int cost) {
        add(cost * MICRO);
    }

    private void add(long micros) {
        long balance = balanceMicros.get(Padded.FIRST);
        while (balance < maxMicros) {
            long seen = balanceMicros.compareAndExchange(Padded.FIRST, balance, Math.min(maxMicros, balance + micros));
            if (seen == balance) {
                return;
            }
            balance = seen;
        }
    }

    /**
     * Changes the reserve, from the given instant on, and the largest balance; what is saved above the new one is lost.
     * Thread-safe.
     *
     * @param reservePerSecond tokens, as in {@link Spec#reservePerSecond}
     * @param maxBalance tokens, as in {@link Spec#maxBalance}
     * @param nowNanos the present instant of the time source that the budget is used with
     * @throws IllegalArgumentException if an argument is out of range; then nothing has changed
     */
    public void change(double reservePerSecond, double maxBalance, long nowNanos) {
        Spec checked = ratio(0).reservePerSecond(reservePerSecond).maxBalance(maxBalance);
        refill(nowNanos);
        // Where the reserve was 0, nothing has moved it on. Opponents: those who refill; they lose their CAS.
        refilledToNanos.set(Math.max(nowNanos, refilledToNanos.get()));
        microsPerSecond = Math.round(checked.reservePerSecond * MICRO);
        long most = Math.round(checked.maxBalance * MICRO);
        maxMicros = most;
        long balance = balanceMicros.get(Padded.FIRST);
        while (balance > most && !balanceMicros.compareAndSet(Padded.FIRST, balance, most)) {
            balance = balanceMicros.get(Padded.FIRST);
        }
    }

    private void refill(long nowNanos) {
        if (microsPerSecond == 0) {
            return;
        }
        long from = refilledToNanos.get();
        long elapsed = nowNanos - from;
        // Longer absences fill the balance anyway; the bound keeps the product below within a long.
        long counted = Math.min(elapsed, 1_000 * Nanos.PER_SECOND);
        long micros = (long) (counted * (microsPerSecond / (double) Nanos.PER_SECOND));
        if (micros > 0 && refilledToNanos.compareAndSet(from, nowNanos)) {
            add(micros);
        }
    }

    /**
     * The balance.
     *
     * @param nowNanos the present instant of the time source that the budget is used with
     * @return tokens
     */
    public double balance(long nowNanos) {
        refill(nowNanos);
        return balanceMicros.get(Padded.FIRST) / (double) MICRO;
    }

    /** How a retry budget is set up. Immutable. */
    public static final class Spec {
        /** What a new process may spend before it has made calls: enough for a hiccup at start, no storm. */
        static final double INITIAL_BALANCE = 10;

        private final double ratio;
        private final double reservePerSecond;
        private final double maxBalance;

        private Spec(double ratio, double reservePerSecond, double maxBalance) {
            this.ratio = ratio;
            this.reservePerSecond = reservePerSecond;
            this.maxBalance = maxBalance;
        }

        /**
         * Sets the tokens that are paid in per second whatever the traffic, so that a client with few calls can retry at
         * all. Default 1.
         *
         * @param tokens 0 to 1,000,000
         * @return a changed copy
         * @throws IllegalArgumentException if out of range
         */
        public Spec reservePerSecond(double tokens) {
            return new Spec(ratio, Range.within(0, 1e6, tokens, "retry budget reservePerSecond"), maxBalance);
        }

        /**
         * Sets the most that is saved up. Default 100: a burst of failures after quiet times may be retried in full, and
         * the stated bound on a storm stays small.
         *
         * @param tokens 1 to 1,000,000
         * @return a changed copy
         * @throws IllegalArgumentException if out of range
         */
        public Spec maxBalance(double tokens) {
            return new Spec(ratio, reservePerSecond, Range.within(1, 1e6, tokens, "retry budget maxBalance"));
        }

        RetryBudget build(long nowNanos) {
            return new RetryBudget(this, nowNanos);
        }

        @Override
        public String toString() {
            return "ratio(" + ratio + ").reservePerSecond(" + reservePerSecond + ").maxBalance(" + maxBalance + ")";
        }
    }
}
