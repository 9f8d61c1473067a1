package io.levee.guard.actions;

import io.levee.guard.slo.Figures;
import io.levee.guard.slo.Ratio;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/** Figures that are there, as sentences and JSON show them: never better than they are. */
final class Rounded {
    private Rounded() {}

    /** A share that was used, in percent. */
    static BigDecimal usedPercent(Ratio share) {
        return Objects.requireNonNull(Figures.percent(share, RoundingMode.CEILING));
    }

    /** A share that is left, in percent. */
    static BigDecimal leftPercent(Ratio share) {
        return Objects.requireNonNull(Figures.percent(share, RoundingMode.FLOOR));
    }

    static BigDecimal leftMs(Ratio ms) {
        return Objects.requireNonNull(Figures.amount(ms, RoundingMode.FLOOR));
    }

    static BigDecimal rate(Ratio rate) {
        return Objects.requireNonNull(Figures.amount(rate, RoundingMode.CEILING));
    }

    /** As files write it: {@code 10s}, {@code 6h}, {@code 1h30m}. */
    static String duration(Duration duration) {
        return duration.isZero() ? "0s" : duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
