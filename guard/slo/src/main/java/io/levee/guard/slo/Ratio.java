package io.levee.guard.slo;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An exact rational number: a target such as 0.9995, a share of a budget, a number of events that are weighed. Kept in
 * lowest terms, so equal numbers are equal objects. Never a double: 0.9995 has none, and 1 - 0.9995 is then not 0.0005.
 * Immutable and thread-safe.
 */
public final class Ratio implements Comparable<Ratio> {
    /** 0. */
    public static final Ratio ZERO = new Ratio(BigInteger.ZERO, BigInteger.ONE);

    /** 1. */
    public static final Ratio ONE = new Ratio(BigInteger.ONE, BigInteger.ONE);

    private static final Pattern DECIMAL = Pattern.compile("([-+]?[0-9]{1,30}(?:\\.[0-9]{1,30})?)( ?%)?");
    private static final Pattern FRACTION = Pattern.compile("(-?[0-9]{1,30})/([0-9]{1,30})");
    private static final BigInteger FIVE = BigInteger.valueOf(5);

    private final BigInteger numerator;
    private final BigInteger denominator;

    private Ratio(BigInteger numerator, BigInteger denominator) {
        this.numerator = numerator;
        this.denominator = denominator;
    }

    /**
     * A whole number.
     *
     * @param value any
     * @return it
     */
    public static Ratio of(long value) {
        return new Ratio(BigInteger.valueOf(value), BigInteger.ONE);
    }

    /**
     * A quotient.
     *
     * @param numerator any
     * @param denominator any but 0
     * @return it, in lowest terms
     * @throws ArithmeticException if the denominator is 0
     */
    public static Ratio of(long numerator, long denominator) {
        return of(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator));
    }

    /**
     * A quotient.
     *
     * @param numerator any
     * @param denominator any but 0
     * @return it, in lowest terms
     * @throws ArithmeticException if the denominator is 0
     */
    public static Ratio of(BigInteger numerator, BigInteger denominator) {
        if (denominator.signum() == 0) {
            throw new ArithmeticException(numerator + "/0");
        }
        BigInteger common = numerator.gcd(denominator);
        if (denominator.signum() < 0) {
            common = common.negate();
        }
        return new Ratio(numerator.divide(common), denominator.divide(common));
    }

    /**
     * A decimal number, exactly.
     *
     * @param value any
     * @return it
     */
    public static Ratio of(BigDecimal value) {
        return value.scale() <= 0
                ? new Ratio(value.toBigIntegerExact(), BigInteger.ONE)
                : of(value.unscaledValue(), BigInteger.TEN.pow(value.scale()));
    }

    /**
     * Reads what people write: {@code 0.9995}, {@code 99.95%} (a hundredth of 99.95) or {@code 1999/2000}.
     *
     * @param text the number: at most 30 digits on each side of the point
     * @return exactly it
     * @throws IllegalArgumentException saying what is wrong with the text and what would be right
     */
    public static Ratio parse(String text) {
        Matcher decimal = DECIMAL.matcher(text);
        if (decimal.matches()) {
            Ratio value = of(new BigDecimal(decimal.group(1)));
            return decimal.group(2) == null ? value : value.dividedBy(of(100));
        }
        Matcher fraction = FRACTION.matcher(text);
        if (fraction.matches() && new BigInteger(fraction.group(2)).signum() != 0) {
            return of(new BigInteger(fraction.group(1)), new BigInteger(fraction.group(2)));
        }
        throw new IllegalArgumentException(
                "'" + Text.shown(text) + "' is no number; write it as 0.9995, 99.95% or 1999/2000");
    }

    /**
     * The sum.
     *
     * @param other any
     * @return this + other
     */
    public Ratio plus(Ratio other) {
        return of(
                numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
                denominator.multiply(other.denominator));
    }

    /**
     * The difference.
     *
     * @param other any
     * @return this - other
     */
    public Ratio minus(Ratio other) {
        return plus(other.negated());
    }

    /**
     * The product.
     *
     * @param other any
     * @return this x other
     */
    public Ratio times(Ratio other) {
        return of(numerator.multiply(other.numerator), denominator.multiply(other.denominator));
    }

    /**
     * The product with a whole number.
     *
     * @param other any
     * @return this x other
     */
    public Ratio times(long other) {
        return of(numerator.multiply(BigInteger.valueOf(other)), denominator);
    }

    /**
     * The quotient.
     *
     * @param other any but 0
     * @return this / other
     * @throws ArithmeticException if the other is 0
     */
    public Ratio dividedBy(Ratio other) {
        return of(numerator.multiply(other.denominator), denominator.multiply(other.numerator));
    }

    /**
     * What is missing to 1: the share that a target allows to fail.
     *
     * @return 1 - this
     */
    public Ratio complement() {
        return new Ratio(denominator.subtract(numerator), denominator);
    }

    /**
     * The negative.
     *
     * @return -this
     */
    public Ratio negated() {
        return new Ratio(numerator.negate(), denominator);
    }

    /**
     * The sign.
     *
     * @return -1, 0 or 1
     */
    public int signum() {
        return numerator.signum();
    }

    /**
     * The larger of two.
     *
     * @param other any
     * @return this or the other
     */
    public Ratio max(Ratio other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /**
     * The smaller of two.
     *
     * @param other any
     * @return this or the other
     */
    public Ratio min(Ratio other) {
        return compareTo(other) <= 0 ? this : other;
    }

    /**
     * The numerator in lowest terms; it carries the sign.
     *
     * @return any number
     */
    public BigInteger numerator() {
        return numerator;
    }

    /**
     * The denominator in lowest terms.
     *
     * @return at least 1
     */
    public BigInteger denominator() {
        return denominator;
    }

    /**
     * Rounds to a number of decimal places.
     *
     * @param places 0 or more
     * @param rounding how
     * @return with exactly that many places
     */
    public BigDecimal toDecimal(int places, RoundingMode rounding) {
        return new BigDecimal(numerator).divide(new BigDecimal(denominator), places, rounding);
    }

    /**
     * Rounds to a whole number.
     *
     * @param rounding how
     * @return the number
     * @throws ArithmeticException if no long holds it
     */
    public long toLong(RoundingMode rounding) {
        return toDecimal(0, rounding).longValueExact();
    }

    /**
     * Whether the decimal form ends, so that {@link #toString} shows it and can be read again without loss.
     *
     * @return whether the denominator has no prime factor but 2 and 5
     */
    public boolean isDecimal() {
        BigInteger rest = denominator.shiftRight(Math.max(0, denominator.getLowestSetBit()));
        while (rest.remainder(FIVE).signum() == 0) {
            rest = rest.divide(FIVE);
        }
        return rest.equals(BigInteger.ONE);
    }

    @Override
    public int compareTo(Ratio other) {
        if (denominator.equals(other.denominator)) {
            return numerator.compareTo(other.numerator);
        }
        if (isSmall() && other.isSmall()) {
            return compareSmall(other);
        }
        return numerator.multiply(other.denominator).compareTo(other.numerator.multiply(denominator));
    }

    private boolean isSmall() {
        return numerator.bitLength() < Long.SIZE && denominator.bitLength() < Long.SIZE;
    }

    /** Cross-multiplied in 128 bits: no object is made, and this is what a rule does at each look. */
    private int compareSmall(Ratio other) {
        long a = numerator.longValue();
        long b = denominator.longValue();
        long c = other.numerator.longValue();
        long d = other.denominator.longValue();
        int high = Long.compare(Math.multiplyHigh(a, d), Math.multiplyHigh(c, b));
        return high != 0 ? high : Long.compareUnsigned(a * d, c * b);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ratio ratio
                && numerator.equals(ratio.numerator)
                && denominator.equals(ratio.denominator);
    }

    @Override
    public int hashCode() {
        return Objects.hash(numerator, denominator);
    }

    /**
     * The number in a form that {@link #parse} reads back.
     *
     * @return {@code 0.9995}, or {@code 14/15} where the decimal form never ends
     */
    @Override
    public String toString() {
        if (!isDecimal()) {
            return numerator + "/" + denominator;
        }
        BigDecimal decimal = new BigDecimal(numerator).divide(new BigDecimal(denominator));
        BigDecimal shortest = decimal.stripTrailingZeros();
        return shortest.scale() < 0 ? shortest.setScale(0).toPlainString() : shortest.toPlainString();
    }
}
