package io.levee;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What is one step in core, made two: a look, and a write. TornStepsTest puts them in the place of core's own, one at a
 * time, and asks the races to find out.
 */
final class Torn {
    private Torn() {}

    static boolean compareAndSet(AtomicLong at, long expected, long next) {
        if (at.get() != expected) {
            return false;
        }
        at.set(next);
        return true;
    }

    static boolean compareAndSet(AtomicLongArray at, int index, long expected, long next) {
        return compareAndExchange(at, index, expected, next) == expected;
    }

    static <V extends @Nullable Object> boolean compareAndSet(AtomicReference<V> at, V expected, V next) {
        if (at.get() != expected) {
            return false;
        }
        at.set(next);
        return true;
    }

    static <T, V extends @Nullable Object> boolean compareAndSet(
            AtomicReferenceFieldUpdater<T, V> at, T of, V expected, V next) {
        if (at.get(of) != expected) {
            return false;
        }
        at.set(of, next);
        return true;
    }

    static <T> boolean compareAndSet(AtomicIntegerFieldUpdater<T> at, T of, int expected, int next) {
        if (at.get(of) != expected) {
            return false;
        }
        at.set(of, next);
        return true;
    }

    static long compareAndExchange(AtomicLongArray at, int index, long expected, long next) {
        long seen = at.get(index);
        if (seen == expected) {
            at.set(index, next);
        }
        return seen;
    }

    static <T, V extends @Nullable Object> V getAndSet(AtomicReferenceFieldUpdater<T, V> at, T of, V next) {
        V seen = at.get(of);
        at.set(of, next);
        return seen;
    }

    static long getAndAdd(AtomicLongArray at, int index, long more) {
        long seen = at.get(index);
        at.set(index, seen + more);
        return seen;
    }

    static long getAndAdd(AtomicLong at, long more) {
        long seen = at.get();
        at.set(seen + more);
        return seen;
    }

    static int getAndAdd(AtomicInteger at, int more) {
        int seen = at.get();
        at.set(seen + more);
        return seen;
    }

    static int addAndGet(AtomicInteger at, int more) {
        return getAndAdd(at, more) + more;
    }

    static int getAndIncrement(AtomicInteger at) {
        return getAndAdd(at, 1);
    }

    static int incrementAndGet(AtomicInteger at) {
        return addAndGet(at, 1);
    }

    static int decrementAndGet(AtomicInteger at) {
        return addAndGet(at, -1);
    }
}
