package io.levee.lint;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;

/** Figures as the messages show them. */
final class Figures {
    private Figures() {}

    /** A time in the unit that a person would choose: 250 ms, 1.5 s, 5 min. */
    static String text(Duration time) {
        if (time.compareTo(Duration.ofMillis(1)) < 0) {
            return time.toNanos() + " ns";
        }
        if (time.compareTo(Duration.ofSeconds(1)) < 0) {
            return rounded(time, 1_000_000L) + " ms";
        }
        return time.compareTo(Duration.ofMinutes(5)) < 0
                ? rounded(time, 1_000_000_000L) + " s"
                : rounded(time, 60_000_000_000L) + " min";
    }

    private static String rounded(Duration time, long unitNanos) {
        BigDecimal nanos =
                BigDecimal.valueOf(time.getSeconds()).movePointRight(9).add(BigDecimal.valueOf(time.getNano()));
        return nanos.divide(BigDecimal.valueOf(unitNanos), new MathContext(4, RoundingMode.HALF_UP))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** A time as a policy file spells it. */
    static String setting(Duration time) {
        long millis = Math.max(1, time.toMillis());
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    /** A time from nanoseconds. */
    static String text(long nanos) {
        return text(Duration.ofNanos(nanos));
    }

    /** A number without decimals that say nothing: 100, 0.5, 2.97. */
    static String text(double number) {
        String text = String.format(Locale.ROOT, "%.2f", number);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }

    static String percent(double share) {
        return text(100 * share) + " %";
    }
}
