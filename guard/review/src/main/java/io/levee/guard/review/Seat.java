package io.levee.guard.review;

import java.util.Arrays;
import java.util.Locale;

/** The five roles that vote on a target. */
enum Seat {
    PRODUCT,
    DEVELOPMENT,
    SRE,
    SUPPORT,
    OPERATIONS;

    /** So many of them change a target. */
    static final int NEEDED = 4;

    static Seat parse(String text) {
        for (Seat seat : values()) {
            if (seat.toString().equals(text)) {
                return seat;
            }
        }
        throw new IllegalArgumentException("role is '" + text + "'; it must be one of " + Arrays.toString(values()));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
