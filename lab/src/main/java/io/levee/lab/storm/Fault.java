package io.levee.lab.storm;

import java.time.Duration;

/**
 * Something that is wrong with a service for a while.
 *
 * @param service whose
 * @param kind what
 * @param from when it begins, since the start of the run
 * @param to when it ends
 * @param amount slow: how many times as long everything takes; errors: the share that fails after its work; partial and
 *     refused: the share that is refused at once; lost: the share that is never answered; flapping: the share of each period that it is down; cold: the share of the usual
 *     speed at the beginning, which grows to 1 in a straight line; down: unused
 * @param period of flapping; else unused
 */
public record Fault(String service, Kind kind, Duration from, Duration to, double amount, Duration period) {
    /** The kinds. */
    public enum Kind {
        /** Everything is answered with 503 at once. */
        DOWN,
        /** Work takes longer: a brown-out. */
        SLOW,
        /** A share of the requests fails with 503, after the usual work. */
        ERRORS,
        /** A share of the requests is answered with 503 at once: some of the instances are down. */
        PARTIAL,
        /** A share of the requests is answered with 429 at once: somebody counts requests. */
        REFUSED,
        /** A share of the requests is never answered: an instance behind the balancer hangs. */
        LOST,
        /** Down and up in turn. */
        FLAPPING,
        /** Caches are cold: slower at first, as fast as ever in the end. */
        COLD
    }

    /**
     * A fault.
     *
     * @throws IllegalArgumentException if it ends before it begins, or a number is out of its range
     */
    public Fault {
        if (from.isNegative() || from.compareTo(to) >= 0) {
            throw new IllegalArgumentException("a fault must begin (is " + from + ") before it ends (is " + to + ")");
        }
        switch (kind) {
            case DOWN -> {}
            case SLOW -> require(amount > 0 && amount <= 1_000, "factor must be more than 0 and at most 1000", amount);
            case COLD -> require(amount > 0 && amount <= 1, "share must be more than 0 and at most 1", amount);
            default -> require(amount >= 0 && amount <= 1, "share must be from 0 to 1", amount);
        }
        if (kind == Kind.FLAPPING && (period.isNegative() || period.isZero())) {
            throw new IllegalArgumentException("period must be more than zero, is " + period);
        }
    }

    private static void require(boolean holds, String rule, double is) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", is " + is);
        }
    }
}
