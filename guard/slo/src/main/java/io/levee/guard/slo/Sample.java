package io.levee.guard.slo;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** How many events it takes to say something. */
public final class Sample {
    /** Rounded up at every step, so the number of events is never too small. */
    private static final MathContext PRECISE = new MathContext(60, RoundingMode.UP);

    private static final BigDecimal DOUBT = new BigDecimal("0.05");

    private Sample() {}

    /**
     * How many events without one failure show, with 95 % confidence, that the target is met: the smallest n with
     * target^n &lt;= 0.05. 99.95 % takes 5,990.
     *
     * @param target at least 0, below 1
     * @return 1 or more
     * @throws IllegalArgumentException if the target is out of its range, or takes more than 10^15 events
     */
    public static long withoutFailure(Ratio target) {
        Objective.checkTarget(target);
        BigDecimal t = new BigDecimal(target.numerator()).divide(new BigDecimal(target.denominator()), PRECISE);
        long high = 1;
        while (power(t, high).compareTo(DOUBT) > 0) {
            high *= 2;
            if (high > 1_000_000_000_000_000L) {
                throw new IllegalArgumentException("a target of " + target
                        + " takes more than 10^15 events to show; state the minimum of events yourself");
            }
        }
        long low = high / 2;
        while (high - low > 1) {
            long middle = low + (high - low) / 2;
            if (power(t, middle).compareTo(DOUBT) > 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private static BigDecimal power(BigDecimal base, long exponent) {
        BigDecimal result = BigDecimal.ONE;
        BigDecimal square = base;
        for (long rest = exponent; rest > 0; rest >>= 1) {
            if ((rest & 1) == 1) {
                result = result.multiply(square, PRECISE);
            }
            square = square.multiply(square, PRECISE);
        }
        return result;
    }
}
