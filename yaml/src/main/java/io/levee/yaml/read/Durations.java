package io.levee.yaml.read;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 250ns}, {@code 1ms}, {@code 1.5s}, {@code 2m}, {@code 1h}. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,19}(?:\\.[0-9]{1,9})?) ?(ns|us|ms|s|m|h)");
    private static final Pattern BARE = Pattern.compile("[0-9]+(\\.[0-9]+)?");

    private static final Map<String, BigDecimal> NANOS = Map.of(
            "ns", BigDecimal.ONE,
            "us", BigDecimal.valueOf(1_000),
            "ms", BigDecimal.valueOf(1_000_000),
            "s", BigDecimal.valueOf(1_000_000_000),
            "m", BigDecimal.valueOf(60_000_000_000L),
            "h", BigDecimal.valueOf(3_600_000_000_000L));

    private static final BigInteger LONGEST = BigInteger.valueOf(Long.MAX_VALUE);

    private Durations() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException saying what is wrong with the text and what would be right
     */
    public static Duration parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            String shown = Shown.plain(text);
            throw new IllegalArgumentException("'" + shown + "' is no duration"
                    + (BARE.matcher(text).matches()
                            ? ": it has no unit; write " + shown + "ms or " + shown + "s"
                            : "; write a number and a unit (ns, us, ms, s, m, h), such as 250ms or 1.5s"));
        }
        BigDecimal unit = NANOS.get(parts.group(2));
        if (unit == null) {
            throw new AssertionError(parts.group(2));
        }
        BigDecimal nanos = new BigDecimal(parts.group(1)).multiply(unit);
        if (nanos.remainder(BigDecimal.ONE).signum() != 0) {
            throw new IllegalArgumentException("'" + text + "' is finer than a nanosecond; round it");
        }
        BigInteger whole = nanos.toBigInteger();
        if (whole.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is longer than 292 years; write none where a limit may be left out");
        }
        return Duration.ofNanos(whole.longValueExact());
    }
}
