package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.stress.Operation;
import io.levee.stress.Recorder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * A limiter with leases, used by three threads while its clock goes on: in no window are more permits used than it
 * allows. (Leases are not in the model of {@link GcraHistoryTest}: which of two threads finds a permit first depends on whose
 * lease it is in, so a history of them need not have an order. The bound is what is promised.)
 */
class LeaseHistoryTest {
    private static final LimiterRule RULE = LimiterRule.perSecond(2.5e8).withBurst(40); // one in 4 ns
    private static final long LEASE = 32;
    private static final int THREADS = 3;
    private static final int OPERATIONS = 120;

    private enum Kind {
        TAKEN,
        REFUSED,
        GIVEN_BACK
    }

    private record Act(Kind kind, long instant) {}

    private static Recorder.Subject<Act> subject() {
        AtomicLong clock = new AtomicLong(1_000); // moved by the threads
        StandingTime time = clock::get;
        PermitQueue permits = new PermitQueue(new Gcra(RULE, 0, -1, LEASE, true), 10, time);
        return thread -> {
            Deque<Long> held = new ArrayDeque<>();
            return random -> {
                long instant = random.nextInt(4) == 0 ? clock.addAndGet(random.nextLong(24)) : clock.get();
                Long last = held.peekLast();
                if (last != null && random.nextInt(12) == 0) {
                    held.removeLast();
                    new Limiter.Ticket(permits, last).cancel();
                    return new Act(Kind.GIVEN_BACK, last);
                }
                boolean taken = permits.tryTake(instant);
                if (taken) {
                    held.add(instant);
                }
                return new Act(taken ? Kind.TAKEN : Kind.REFUSED, instant);
            };
        };
    }

    /** How many permits more than a burst of so many allows were used in the worst window; 0 or less if none. */
    private static long mostOver(List<Operation<Act>> history, long burst) {
        List<Long> used = new ArrayList<>();
        history.stream().filter(done -> done.what().kind == Kind.TAKEN).forEach(done -> used.add(done.what().instant));
        history.stream()
                .filter(done -> done.what().kind == Kind.GIVEN_BACK)
                .forEach(done -> used.remove(done.what().instant));
        long[] at = used.stream().mapToLong(Long::longValue).sorted().toArray();
        long most = Long.MIN_VALUE;
        for (int i = 0; i < at.length; i++) {
            for (int j = i; j < at.length; j++) {
                most = Math.max(most, j - i + 1 - burst - (at[j] - at[i]) / RULE.incrementNanos);
            }
        }
        return most;
    }

    private static long worst(long burst) {
        long worst = Long.MIN_VALUE;
        try (Recorder recorder = new Recorder(THREADS, OPERATIONS)) {
            for (long seed = 0; seed < Histories.count() / 20; seed++) {
                worst = Math.max(worst, mostOver(recorder.record(subject(), seed), burst));
            }
        }
        return worst;
    }

    @Test
    void noWindowSeesMoreThanRateAndBurstAllow() {
        assertThat(worst(RULE.burst)).as("permits too many in the worst window").isLessThanOrEqualTo(0);
    }

    /** Most of a burst is used within a moment, so the test above would see what is over the bound. */
    @Test
    void aBurstOfHalfTheSizeWouldBeFoundOut() {
        assertThat(worst(RULE.burst / 2)).isPositive();
    }
}
