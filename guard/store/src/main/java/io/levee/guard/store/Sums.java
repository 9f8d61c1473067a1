package io.levee.guard.store;

import io.levee.guard.slo.Counts;
import io.levee.guard.slo.gate.Event;

/** Counts that grow; at the end of what a long holds they stop, so that adding up never fails. Not thread-safe. */
final class Sums {
    /** No call is sent more often; a larger number is a mistake, and would run over with a few such calls. */
    private static final int MOST_ATTEMPTS = 10_000;

    long good;
    long bad;
    long degraded;
    long attempts;
    long savedByRetry;

    void add(Event event, Event.Outcome outcome, long count) {
        switch (outcome) {
            case GOOD -> good = sum(good, count);
            case BAD -> bad = sum(bad, count);
            case DEGRADED -> degraded = sum(degraded, count);
        }
        attempts = sum(attempts, count * Math.min(event.attempts(), MOST_ATTEMPTS));
        if (event.savedByRetry()) {
            savedByRetry = sum(savedByRetry, count);
        }
    }

    void add(Sums other) {
        good = sum(good, other.good);
        bad = sum(bad, other.bad);
        degraded = sum(degraded, other.degraded);
        attempts = sum(attempts, other.attempts);
        savedByRetry = sum(savedByRetry, other.savedByRetry);
    }

    private static long sum(long some, long more) {
        long sum = some + more;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    boolean isEmpty() {
        return good == 0 && bad == 0 && degraded == 0;
    }

    Counts counts() {
        return new Counts(good, bad, degraded);
    }

    Store.Tally tally() {
        return new Store.Tally(counts(), attempts, savedByRetry);
    }

    /** Most steps have good events alone, of one attempt each: two small numbers. */
    void write(Packed.Writer out, long gap) {
        long repeated = attempts - (good + bad + degraded);
        int mask = (bad != 0 ? 1 : 0) | (degraded != 0 ? 2 : 0) | (repeated != 0 ? 4 : 0) | (savedByRetry != 0 ? 8 : 0);
        out.number(gap << 4 | mask);
        out.number(good);
        if (bad != 0) {
            out.number(bad);
        }
        if (degraded != 0) {
            out.number(degraded);
        }
        if (repeated != 0) {
            out.number(repeated);
        }
        if (savedByRetry != 0) {
            out.number(savedByRetry);
        }
    }

    /** Replaces what is in it; answers the gap. */
    long read(Packed.Reader in) {
        long head = in.number();
        good = in.number();
        bad = (head & 1) != 0 ? in.number() : 0;
        degraded = (head & 2) != 0 ? in.number() : 0;
        attempts = good + bad + degraded + ((head & 4) != 0 ? in.number() : 0);
        savedByRetry = (head & 8) != 0 ? in.number() : 0;
        return head >>> 4;
    }
}
