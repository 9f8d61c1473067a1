package io.levee.guard.slo;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * Exact numbers as people and programs are shown them. What is used is rounded up and what is left down, so no rounding ever
 * shows a budget better than it is; and both still add up to the whole. Pure.
 */
public final class Figures {
    /** Places of a percentage: at 99.95 % over 28 days the last one is worth 1.2 ms of budget. */
    private static final int PERCENT_PLACES = 4;

    /** Places of events, milliseconds and burn rates. */
    private static final int AMOUNT_PLACES = 3;

    private Figures() {}

    /**
     * A share in percent, to 4 places.
     *
     * @param share such as 0.5; null where there is none
     * @param rounding up for what is used, down for what is left
     * @return such as 50, without zeros at its end; null for null
     */
    public static @Nullable BigDecimal percent(@Nullable Ratio share, RoundingMode rounding) {
        return share == null ? null : rounded(share.times(100), PERCENT_PLACES, rounding);
    }

    /**
     * Events, milliseconds or a burn rate, to 3 places.
     *
     * @param amount any; null where there is none
     * @param rounding up for what is used, down for what is left
     * @return the number without zeros at its end; null for null
     */
    public static @Nullable BigDecimal amount(@Nullable Ratio amount, RoundingMode rounding) {
        return rounded(amount, AMOUNT_PLACES, rounding);
    }

    /**
     * Any number.
     *
     * @param value any; null where there is none
     * @param places 0 or more
     * @param rounding how
     * @return the number without zeros at its end; null for null
     */
    public static @Nullable BigDecimal rounded(@Nullable Ratio value, int places, RoundingMode rounding) {
        return value == null ? null : shortest(value.toDecimal(places, rounding));
    }

    static BigDecimal shortest(BigDecimal value) {
        BigDecimal shortest = value.stripTrailingZeros();
        return shortest.scale() < 0 ? shortest.setScale(0, RoundingMode.UNNECESSARY) : shortest;
    }
}
