package io.levee.guard.slo;

import io.levee.yaml.read.Shown;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers and users' texts as people read them. */
final class Text {
    /** Places of a percentage: at 99.95 % over 28 days the last one is worth 1.2 ms of budget. */
    static final int PERCENT_PLACES = 4;

    /** Places of events and milliseconds. */
    static final int AMOUNT_PLACES = 3;

    private Text() {}

    /** A user's text on one line. */
    static String shown(String text) {
        return Shown.plain(text);
    }

    /** Without zeros at its end. */
    static String plain(BigDecimal value) {
        BigDecimal shortest = value.stripTrailingZeros();
        return (shortest.scale() < 0 ? shortest.setScale(0, RoundingMode.UNNECESSARY) : shortest).toPlainString();
    }

    static String percent(Ratio share, RoundingMode rounding) {
        return plain(share.times(100).toDecimal(PERCENT_PLACES, rounding));
    }

    static String amount(Ratio amount, RoundingMode rounding) {
        return plain(amount.toDecimal(AMOUNT_PLACES, rounding));
    }
}
