package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;

/** What a limiter may grant, looked at window by window in exact arithmetic; knows nothing of how it works inside. */
final class Windows {
    private Windows() {}

    /** For every pair of grants: those from the one to the other are at most rate x time between them + burst. */
    static void assertWithin(List<Long> grantedAt, double permitsPerSecond, long burst) {
        BigDecimal perNano = perNano(permitsPerSecond);
        long[] at = grantedAt.stream().mapToLong(Long::longValue).sorted().toArray();
        for (int i = 0; i < at.length; i++) {
            for (int j = i; j < at.length; j++) {
                assertThat(isWithin(j - i + 1, at[j] - at[i], perNano, burst))
                        .as(
                                "%d grants within %d ns at %s per second, burst %d",
                                j - i + 1, at[j] - at[i], permitsPerSecond, burst)
                        .isTrue();
            }
        }
    }

    static BigDecimal perNano(double permitsPerSecond) {
        return new BigDecimal(permitsPerSecond).movePointLeft(9);
    }

    static boolean isWithin(long grants, long nanos, BigDecimal perNano, long burst) {
        return grants <= burst
                || perNano.multiply(BigDecimal.valueOf(nanos)).compareTo(BigDecimal.valueOf(grants - burst)) >= 0;
    }
}
