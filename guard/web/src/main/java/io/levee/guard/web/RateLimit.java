package io.levee.guard.web;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A token bucket for each address. The table is bounded: the address that has been quiet longest is forgotten first, which is
 * why many addresses at once get more than one would. Thread-safe.
 */
public final class RateLimit {
    private final double perNano;
    private final double burst;
    private final Map<String, Bucket> buckets;

    /**
     * Nobody has sent anything yet.
     *
     * @param perSecond how many each address may send on average
     * @param burst how many after a pause
     * @param addresses how many are remembered
     */
    public RateLimit(double perSecond, double burst, int addresses) {
        perNano = perSecond / 1e9;
        this.burst = burst;
        buckets = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                return size() > addresses;
            }
        };
    }

    /**
     * Whether the address may; if so, it has.
     *
     * @param address any name of who asks
     * @param nanos the time, by a clock that is the same at every call
     * @return whether it may
     */
    public boolean admits(String address, long nanos) {
        synchronized (buckets) {
            Bucket bucket = buckets.computeIfAbsent(address, a -> new Bucket(burst, nanos));
            bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, nanos - bucket.nanos) * perNano);
            bucket.nanos = nanos;
            if (bucket.tokens < 1) {
                return false;
            }
            bucket.tokens--;
            return true;
        }
    }

    private static final class Bucket {
        double tokens;
        long nanos;

        Bucket(double tokens, long nanos) {
            this.tokens = tokens;
            this.nanos = nanos;
        }
    }
}
