package io.levee;

/**
 * Limits how many attempts are in flight to a downstream at the same time. Full, it refuses at once; nobody waits, so a
 * downstream that hangs costs a caller nothing more than a refusal.
 *
 * <p>Thread-safe, without allocation, and lock-free but for a change of the size.
 */
public final class Bulkhead {
    // The places are dealt out to stripes, so that threads do not pass one counter from core to core. Of a stripe's
    // long, the lower half is how many are in by it, the upper half how often it was written: the long only ever
    // grows, and two equal sums over all stripes, read one after the other, say that all stood still in between. Next
    // to it: its share. And once: how many of those writings are not to be counted.
    private static final int UNCOUNTED = Padded.FIRST + 2;
    private static final long WRITTEN = 1L << 32;
    private static final long ENTER = WRITTEN + 1;
    private static final long LEAVE = WRITTEN - 1;

    /** By CAS; opponents: others who enter or leave by this stripe. Also the lock for dealing out the places. */
    private final Padded stripes = new Padded(Padded.STRIPES);

    private volatile int max;

    /** True while places are being dealt out, and after that while more are in than may be: then no share is in force. */
    private volatile boolean undealt;

    Bulkhead(int max) {
        change(max);
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
        return passes(Padded.own(), ENTER) || passesElsewhere(ENTER);
    }

    /**
     * Makes room for another.
     *
     * @throws IllegalStateException if nobody is in: some attempt has left twice
     */
    public void leave() {
        if (!passes(Padded.own(), LEAVE) && !passesElsewhere(LEAVE)) {
            throw new IllegalStateException(
                    "bulkhead or concurrency limit left more often than entered: 0 of " + max + " in flight");
        }
    }

    /** Enters though it may be full. */
    void enter() {
        stripes.getAndAdd(Padded.own(), ENTER);
    }

    /** Leaves as if it had never entered: {@link #left} does not count it. */
    void withdraw() {
        leave();
        stripes.getAndAdd(UNCOUNTED, 2);
    }

    /** How many have left: a number of 31 bits, of which only differences count. Off by a few while places are dealt out. */
    int left() {
        long sum = sum();
        return ((int) (sum >>> 32) - (int) sum - (int) stripes.get(UNCOUNTED)) >>> 1;
    }

    /** Enters or leaves by a stripe; false if that is full, or nobody is in by it. */
    private boolean passes(int stripe, long step) {
        while (true) {
            long seen = stripes.get(stripe);
            // The share after the count: a new share makes the count another, and the CAS below fails.
            if (step == ENTER ? (int) seen >= stripes.get(stripe + 1) : (int) seen == 0) {
                return false;
            }
            if (stripes.compareAndSet(stripe, seen, seen + step)) {
                return true;
            }
        }
    }

    /** By any stripe; false if at one moment all were full, or nobody was in by any. */
    private boolean passesElsewhere(long step) {
        boolean wasUndealt;
        long before;
        do {
            wasUndealt = undealt;
            before = sum();
            for (int stripe = Padded.FIRST; stripe < Padded.END; stripe += Padded.STRIDE) {
                if (passes(stripe, step)) {
                    return true;
                }
            }
        } while (before != sum() || (step == ENTER && (wasUndealt || undealt) && (int) before < max && deals()));
        return false;
    }

    /** Its lower half: how many are in, give or take those who enter or leave while they are counted. */
    long sum() {
        long sum = 0;
        for (int stripe = Padded.FIRST; stripe < Padded.END; stripe += Padded.STRIDE) {
            sum += stripes.get(stripe);
        }
        return sum;
    }

    /** Whether the places are dealt out now. They are not while more are in than may be. */
    private boolean deals() {
        synchronized (stripes) {
            if (undealt) {
                deal();
            }
            return !undealt;
        }
    }

    /** Gives each stripe those who are in by it, and a part of what is free. Under the lock. */
    private void deal() {
        for (int stripe = Padded.FIRST; stripe < Padded.END; stripe += Padded.STRIDE) {
            stripes.set(stripe + 1, -1);
            stripes.getAndAdd(stripe, WRITTEN); // who has seen the old share loses its CAS: nobody enters from now on
        }
        stripes.getAndAdd(UNCOUNTED, Padded.STRIPES);
        int free = max;
        for (int stripe = Padded.FIRST; stripe < Padded.END; stripe += Padded.STRIDE) {
            int in = (int) stripes.get(stripe);
            stripes.set(stripe + 1, ~in); // below 0, so nobody enters yet
            free -= in;
        }
        if (free >= 0) {
            int stripesLeft = Padded.STRIPES;
            for (int stripe = Padded.FIRST; stripe < Padded.END; stripe += Padded.STRIDE) {
                int part = free / stripesLeft--;
                free -= part;
                stripes.set(stripe + 1, ~stripes.get(stripe + 1) + part);
            }
            undealt = false;
        }
    }

    /**
     * How many are in flight: at one moment, or, where entering and leaving never pause, counted over a few microseconds.
     *
     * @return 0 or more; above {@link #max()} only after it was lowered
     */
    public int inFlight() {
        long sum = sum();
        // Where entering never pauses, a count is given up on and read as it comes.
        for (int looks = 1; looks < 1_000; looks++) {
            long before = sum;
            sum = sum();
            if (sum == before) {
                break;
            }
        }
        return (int) sum;
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
     * enough have left. Once this method has returned, nobody enters by the old number.
     *
     * @param newMax 1 or more
     * @throws IllegalArgumentException if the number is less than 1; then nothing has changed
     */
    public void change(int newMax) {
        int checked = checked(newMax);
        synchronized (stripes) {
            max = checked;
            undealt = true;
            deal();
        }
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
