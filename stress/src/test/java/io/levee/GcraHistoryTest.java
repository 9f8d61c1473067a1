package io.levee;

import io.levee.stress.Model;
import io.levee.stress.Recorder;
import org.junit.jupiter.api.Test;

/**
 * The limiter's rule, with instants handed in, does what one thread at a time would see it do, whatever the order of the
 * instants. Permits are given back by one thread only, as the limiter's drainer does. Queue and tickets are above this:
 * which of two that wait is told first is no answer of an operation, so they are tested in LimiterStress.
 */
class GcraHistoryTest {
    private static final LimiterRule RULE = LimiterRule.perSecond(1e8).withBurst(3); // one in 10 ns
    private static final long INCREMENT = RULE.incrementNanos();
    private static final long TOLERANCE = RULE.burstNanos() - INCREMENT;
    /** The clock stands at the end of all instants that are handed in: they were read before. */
    private static final long CLOCK = 100;

    private enum Kind {
        TAKE,
        ASK,
        GIVE_BACK
    }

    /** The instant is the one handed in; the answer the rule's own, or for ASK the instant of a permit. */
    private record Act(Kind kind, long instant, int ahead, long answer) {}

    /** The state is the theoretical arrival time. */
    private static final Model<Long, Act> MODEL = new Model<>() {
        @Override
        public Long initial() {
            return 0L;
        }

        @Override
        public Long next(Long tat, Act act, int step, int owner) {
            return switch (act.kind) {
                case TAKE -> {
                    long conformsAt = tat - TOLERANCE;
                    boolean granted = conformsAt <= act.instant;
                    yield act.answer != (granted ? Gcra.TAKEN : conformsAt)
                            ? null
                            : Long.valueOf(granted ? Math.max(tat, act.instant) + INCREMENT : tat);
                }
                case ASK ->
                    act.answer == Math.max(act.instant, Math.max(tat, act.instant) + act.ahead * INCREMENT - TOLERANCE)
                            ? tat
                            : null;
                case GIVE_BACK ->
                    Long.valueOf(Math.max(0, tat - Math.max(0, Math.min(INCREMENT, act.instant + INCREMENT - CLOCK))));
            };
        }
    };

    private static final TimeSource STANDING = new StandingTime(CLOCK);

    private static Recorder.Subject<Act> subject() {
        Gcra gcra = new Gcra(RULE);
        return thread -> {
            // The last permit that thread 0 has taken and not given back.
            long[] taken = {-1};
            return random -> {
                long instant = random.nextLong(CLOCK - 40, CLOCK + 1);
                if (thread == 0 && taken[0] >= 0 && random.nextBoolean()) {
                    long givenBack = taken[0];
                    taken[0] = -1;
                    gcra.giveBack(givenBack, STANDING);
                    return new Act(Kind.GIVE_BACK, givenBack, 0, 0);
                }
                if (random.nextInt(4) == 0) {
                    int ahead = random.nextInt(3);
                    return new Act(Kind.ASK, instant, ahead, gcra.conformsAt(instant, ahead));
                }
                long answer = gcra.take(instant);
                if (answer == Gcra.TAKEN) {
                    taken[0] = instant;
                }
                return new Act(Kind.TAKE, instant, 0, answer);
            };
        };
    }

    @Test
    void everyHistoryHasAnOrder() {
        Histories.areLinearizable(MODEL, GcraHistoryTest::subject, 16);
    }
}
