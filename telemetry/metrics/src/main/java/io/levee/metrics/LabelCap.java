package io.levee.metrics;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The values of one label, of which only so many are told apart. Thread-safe; a value that is known takes one look-up. */
final class LabelCap {
    private final String label;
    private final int most;
    private final @Nullable Set<String> allowed;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    /** Opponents: threads that bring new values. Each takes a place before it adds one, so the bound is exact. */
    private final AtomicInteger places;

    private final LongAdder overflows = new LongAdder();

    LabelCap(String label, int most, @Nullable Set<String> allowed) {
        this.label = label;
        this.most = most;
        this.allowed = allowed;
        places = new AtomicInteger();
    }

    String label() {
        return label;
    }

    long overflows() {
        return overflows.sum();
    }

    /** The value, or the one that stands for all others. */
    String admit(String value) {
        if (known.contains(value)) {
            return value;
        }
        if ((allowed == null || allowed.contains(value)) && !isUrl(value) && takePlace(value)) {
            return value;
        }
        overflows.increment();
        return MetricOptions.OTHER;
    }

    /** A name is given once in the code; a URL comes with every request and is another one each time. */
    private static boolean isUrl(String value) {
        return value.contains("://") || value.contains("?");
    }

    private boolean takePlace(String value) {
        if (places.get() >= most || places.getAndIncrement() >= most) {
            return known.contains(value);
        }
        if (!known.add(value)) {
            places.decrementAndGet();
        }
        return true;
    }
}
