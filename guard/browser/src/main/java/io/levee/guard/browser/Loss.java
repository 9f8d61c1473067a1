package io.levee.guard.browser;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many reports were lost, as far as their numbers tell. Immutable.
 *
 * @param from the beginning of the time
 * @param to its end
 * @param views views that are over, or silent for so long that they are taken to be
 * @param silent those of them that never said how they ended: neither good nor bad
 * @param expected reports that were sent, by the highest number of each view
 * @param received those of them that came
 */
record Loss(Instant from, Instant to, long views, long silent, long expected, long received) {
    static Loss none(Instant from) {
        return new Loss(from, from, 0, 0, 0, 0);
    }

    Loss until(Instant end) {
        return new Loss(from, end, views, silent, expected, received);
    }

    Loss plus(boolean ended, long sent, long came) {
        return new Loss(from, to, views + 1, silent + (ended ? 0 : 1), expected + sent, received + came);
    }

    Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("from", from.toString());
        map.put("to", to.toString());
        map.put("views", views);
        map.put("silent", silent);
        map.put("expected", expected);
        map.put("received", received);
        map.put("lost", expected - received);
        map.put("lossPercent", percent(expected - received, expected));
        map.put("silentPercent", percent(silent, views));
        return map;
    }

    private static @Nullable BigDecimal percent(long part, long whole) {
        return whole == 0
                ? null
                : BigDecimal.valueOf(part)
                        .multiply(BigDecimal.valueOf(100))
                        .divide(BigDecimal.valueOf(whole), 4, RoundingMode.HALF_UP)
                        .stripTrailingZeros();
    }
}
