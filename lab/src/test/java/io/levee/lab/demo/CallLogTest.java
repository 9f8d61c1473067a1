package io.levee.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.lab.demo.CallLog.Ending;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CallLogTest {
    private static final long SECOND = 1_000_000_000L;

    private final CallLog log = new CallLog(new long[] {0, 10, 10, 20, 30}, SECOND);

    @Test
    void timeCountsFromTheIntendedArrivalHoweverLateTheCallWasSent() {
        log.end(0, Ending.SUCCEEDED, 5);
        log.end(1, Ending.DEGRADED, 17);
        log.end(2, Ending.FAILED, 110);
        log.end(3, Ending.SUCCEEDED, 21);
        log.end(4, Ending.SUCCEEDED, 32);

        assertThat(log.sortedLatencies()).containsExactly(1, 2, 5, 7, 100);
        assertThat(log.isComplete()).isTrue();
    }

    @Test
    void countsByEndingAndByArrival() {
        log.end(0, Ending.SUCCEEDED, 5);
        log.end(2, Ending.DEGRADED, 90);
        log.end(3, Ending.SUCCEEDED, 95);

        assertThat(log.count(Ending.SUCCEEDED)).isEqualTo(2);
        assertThat(log.count(Ending.PENDING)).isEqualTo(2);
        assertThat(log.count(null, 10, 30)).isEqualTo(3);
        assertThat(log.count(Ending.DEGRADED, 10, 11)).isEqualTo(1);
        assertThat(log.count(Ending.SUCCEEDED, 1, 20)).isZero();
        assertThat(log.isComplete()).isFalse();
    }

    @Test
    void aCallEndsOnce() {
        log.end(0, Ending.SUCCEEDED, 5);
        log.end(0, Ending.FAILED, 50);

        assertThat(log.count(Ending.SUCCEEDED)).isEqualTo(1);
        assertThat(log.count(Ending.FAILED)).isZero();
        assertThat(log.ended().total()).isEqualTo(1);
    }

    @Test
    void whatIsStillOpenAtTheEndHasFailed() {
        log.end(0, Ending.SUCCEEDED, 5);
        log.closeOpenCalls(130);

        assertThat(log.isComplete()).isTrue();
        assertThat(log.count(Ending.FAILED)).isEqualTo(4);
        assertThat(log.sortedLatencies()).containsExactly(5, 100, 110, 120, 120);
        assertThat(log.succeeded().total()).isEqualTo(1);
        assertThat(log.ended().total()).isEqualTo(5);
    }

    @Test
    void percentilesAreValuesThatOccurred() {
        long[] values = LongStream.rangeClosed(1, 200).toArray();

        assertThat(CallLog.percentile(values, 0.50)).isEqualTo(100);
        assertThat(CallLog.percentile(values, 0.99)).isEqualTo(198);
        assertThat(CallLog.percentile(values, 1.0)).isEqualTo(200);
        assertThat(CallLog.percentile(values, 0.0)).isEqualTo(1);
        assertThat(CallLog.percentile(new long[] {42}, 0.99)).isEqualTo(42);
    }

    @Test
    void recoveryLooksAtArrivalsAfterTheFault() {
        // A call every 10 ms for 3 s; the fault ends at 1 s, and what arrives until 1.7 s fails.
        long[] arrivals =
                IntStream.range(0, 300).mapToLong(i -> i * 10_000_000L).toArray();
        CallLog run = new CallLog(arrivals, 3 * SECOND);
        for (int call = 0; call < arrivals.length; call++) {
            boolean ill = arrivals[call] < 1_700_000_000L;
            run.end(call, ill ? Ending.DEGRADED : Ending.SUCCEEDED, arrivals[call] + 1_000);
        }

        // Windows of 0.2 s: the one from 0.6 to 0.8 s is still half ill.
        assertThat(run.recoverySeconds(SECOND, 3 * SECOND)).isEqualTo(0.8);
    }
}
