package io.levee;

/**
 * Limits how many attempts are in flight to a downstream at the same time. Full, it refuses at once; nobody waits, so a
 * downstream that hangs costs a caller nothing more than a refusal.
 *
 * <p>Thread-safe, lock-free, without allocation.
 */
public final class Bulkhead {
    /** By CAS; opponents: others who enter or leave. */
    private final PaddedLong inFlight = new PaddedLong(0);

    /** A reader may still go by the old value for a moment after a {@link #change}. */
    private volatile int max;

    private Bulkhead(int max) {
        this.max = max;
    }

    /**
     * At most so many attempts in flight.
     *
     * @param max 1 or more
     * @return a configuration that builds bulkheads
     * @throws IllegalArgumentException if the number is less than 1
     */
    public static Spec inFlight(int max) {
        return new Spec(checked(max));
    }

    /**
     * Enters if there is room. Whoever gets in must {@link #leave()} once.
     *
     * @return false if the bulkhead is full
     */
    public boolean tryEnter() {
        while (true) {
            long seen = inFlight.get();
            if (seen >= max) {
                return false;
            }
            if (inFlight.compareAndSet(seen, seen + 1)) {
                return true;
            }
        }
    }

    /**
     * Makes room for another.
     *
     * @throws IllegalStateException if nobody is in: some attempt has left twice
     */
    public void leave() {
        // Without a look before: two threads that contend pass the counter back and forth once, not twice.
        if (inFlight.getAndDecrement() <= 0) {
            inFlight.getAndIncrement();
            throw new IllegalStateException("bulkhead left more often than entered: 0 of " + max + " in flight");
        }
    }

    /**
     * How many are in flight.
     *
     * @return 0 or more; above {@link #max()} only after it was lowered
     */
    public int inFlight() {
        return (int) Math.max(0, inFlight.get()); // below while a leave() too many is taken back
    }

    /**
     * How many may be in flight.
     *
     * @return 1 or more
     */
    public int max() {
        return max;
    }

    /**
     * Changes how many may be in flight. Those who are in stay in; after the number was lowered nobody enters until
     * enough have left.
     *
     * @param newMax 1 or more
     * @throws IllegalArgumentException if the number is less than 1; then nothing has changed
     */
    public void change(int newMax) {
        max = checked(newMax);
    }

    @Override
    public String toString() {
        return "Bulkhead[" + inFlight() + " of " + max + " in flight]";
    }

    private static int checked(int max) {
        if (max < 1) {
            throw Range.wrong(
                    "bulkhead's max in flight", "1 or more", max + "; to let nothing through force the breaker open");
        }
        return max;
    }

    /** How a bulkhead is to be; immutable. One spec can build many bulkheads. */
    public static final class Spec {
        private final int max;

        private Spec(int max) {
            this.max = max;
        }

        /**
         * Builds an empty bulkhead.
         *
         * @return a new bulkhead
         */
        public Bulkhead build() {
            return new Bulkhead(max);
        }

        @Override
        public String toString() {
            return "Bulkhead.Spec[at most " + max + " in flight]";
        }
    }
}
