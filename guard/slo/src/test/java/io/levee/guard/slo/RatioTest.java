package io.levee.guard.slo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exact rationals, against BigInteger and BigDecimal. */
class RatioTest {
    @ParameterizedTest
    @CsvSource({
        "0.9995, 1999, 2000",
        "99.95%, 1999, 2000",
        "99.95 %, 1999, 2000",
        "1999/2000, 1999, 2000",
        "0, 0, 1",
        "1, 1, 1",
        "-0.5, -1, 2",
        "0.999999999999999999999, 999999999999999999999, 1000000000000000000000",
    })
    void readsExactlyWhatIsWritten(String text, BigInteger numerator, BigInteger denominator) {
        Ratio read = Ratio.parse(text);
        assertThat(read.numerator()).isEqualTo(numerator);
        assertThat(read.denominator()).isEqualTo(denominator);
        assertThat(Ratio.parse(read.toString())).isEqualTo(read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1e-3", "0,9995", ".5", "1/0", "NaN", "99.95%%", "0x1", "1.", "1\n"})
    void refusesWhatIsNoNumber(String text) {
        assertThatThrownBy(() -> Ratio.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no number; write it as 0.9995, 99.95% or 1999/2000");
    }

    @Test
    void showsAFractionWhereTheDecimalFormNeverEnds() {
        assertThat(Ratio.of(14, 15)).hasToString("14/15");
        assertThat(Ratio.of(336, 25)).hasToString("13.44");
        assertThat(Ratio.of(1_000_000)).hasToString("1000000");
    }

    @Property
    void comparesAsCrossMultiplicationDoes(
            @ForAll long a, @ForAll @LongRange(min = 1) long b, @ForAll long c, @ForAll @LongRange(min = 1) long d) {
        int expected = BigInteger.valueOf(a)
                .multiply(BigInteger.valueOf(d))
                .compareTo(BigInteger.valueOf(c).multiply(BigInteger.valueOf(b)));
        assertThat(Ratio.of(a, b).compareTo(Ratio.of(c, d))).isEqualTo(expected);
        assertThat(Ratio.of(a, b).equals(Ratio.of(c, d))).isEqualTo(expected == 0);
    }

    @Property
    void comparesNeighboursThatNoDoubleTellsApart(@ForAll @LongRange(min = 1_000_000_000_000_000L) long n) {
        long below = n / 4;
        assertThat(Ratio.of(below, below + 1)).isLessThan(Ratio.of(below + 1, below + 2));
    }

    @Property
    void reckonsAsBigDecimalDoes(@ForAll @Scale(9) BigDecimal x, @ForAll @Scale(9) BigDecimal y, @ForAll long times) {
        Ratio a = Ratio.of(x);
        Ratio b = Ratio.of(y);
        assertThat(a.plus(b)).isEqualTo(Ratio.of(x.add(y)));
        assertThat(a.minus(b)).isEqualTo(Ratio.of(x.subtract(y)));
        assertThat(a.times(b)).isEqualTo(Ratio.of(x.multiply(y)));
        assertThat(a.times(times)).isEqualTo(Ratio.of(x.multiply(BigDecimal.valueOf(times))));
        assertThat(a.complement()).isEqualTo(Ratio.of(BigDecimal.ONE.subtract(x)));
        assertThat(a.toDecimal(4, RoundingMode.FLOOR)).isEqualByComparingTo(x.setScale(4, RoundingMode.FLOOR));
        if (y.signum() != 0) {
            assertThat(a.dividedBy(b).times(b)).isEqualTo(a);
        }
        assertThat(a.signum()).isEqualTo(x.signum());
        assertThat(a.max(b)).isEqualTo(Ratio.of(x.max(y)));
        assertThat(a.min(b)).isEqualTo(Ratio.of(x.min(y)));
    }
}
