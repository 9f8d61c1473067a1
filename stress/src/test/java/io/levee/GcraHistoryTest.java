package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.stress.Model;
import io.levee.stress.Recorder;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * The limiter's rule, with instants handed in, does what one thread at a time would see it do, whatever the order of the
 * instants. Permits are given back by one thread only, as the limiter's drainer does. Queue and tickets are above this:
 * which of two that wait is told first is no answer of an operation, so they are tested in LimiterStress. Leases have
 * {@link LeaseHistoryTest}.
 */
class GcraHistoryTest {
    private static final LimiterRule RULE = LimiterRule.perSecond(1e8).withBurst(3); // one in 10 ns
    private static final long INCREMENT = RULE.incrementNanos;
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

    private static final StandingTime STANDING = () -> CLOCK;

    /** What the rule is to these tests; so that a wrong one can be put in its place. */
    private interface Rule {
        long take(long instant);

        long conformsAt(long instant, int ahead);

        void giveBack(long taken);
    }

    private static Rule gcra() {
        Gcra gcra = new Gcra(RULE);
        return new Rule() {
            @Override
            public long take(long instant) {
                return gcra.take(instant);
            }

            @Override
            public long conformsAt(long instant, int ahead) {
                return gcra.conformsAt(instant, ahead);
            }

            @Override
            public void giveBack(long taken) {
                gcra.giveBack(taken, STANDING);
            }
        };
    }

    private static Recorder.Subject<Act> subject(Rule rule) {
        return thread -> {
            // The last permit that thread 0 has taken and not given back.
            long[] taken = {-1};
            return random -> {
                long instant = random.nextLong(CLOCK - 40, CLOCK + 1);
                if (thread == 0 && taken[0] >= 0 && random.nextBoolean()) {
                    long givenBack = taken[0];
                    taken[0] = -1;
                    rule.giveBack(givenBack);
                    return new Act(Kind.GIVE_BACK, givenBack, 0, 0);
                }
                if (random.nextInt(4) == 0) {
                    int ahead = random.nextInt(3);
                    return new Act(Kind.ASK, instant, ahead, rule.conformsAt(instant, ahead));
                }
                long answer = rule.take(instant);
                if (answer == Gcra.TAKEN) {
                    taken[0] = instant;
                }
                return new Act(Kind.TAKE, instant, 0, answer);
            };
        };
    }

    @Test
    void everyHistoryHasAnOrder() {
        Histories.areLinearizable(MODEL, () -> subject(gcra()), 16);
    }

    /** Gives back with a plain write: what was taken since it looked is lost from the count. */
    private static final class GivesBackBlindly implements Rule {
        private final AtomicLong tat = new AtomicLong();

        @Override
        public long take(long instant) {
            while (true) {
                long seen = tat.get();
                if (seen - TOLERANCE > instant) {
                    return seen - TOLERANCE;
                }
                if (tat.compareAndSet(seen, Math.max(seen, instant) + INCREMENT)) {
                    return Gcra.TAKEN;
                }
            }
        }

        @Override
        public long conformsAt(long instant, int ahead) {
            return Math.max(instant, Math.max(tat.get(), instant) + ahead * INCREMENT - TOLERANCE);
        }

        @Override
        public void giveBack(long taken) {
            long seen = tat.get();
            Thread.yield();
            tat.set(Math.max(0, seen - Math.max(0, Math.min(INCREMENT, taken + INCREMENT - CLOCK))));
        }
    }

    @Test
    void aLimiterThatGivesBackBlindlyIsFoundOut() {
        assertThat(Histories.firstViolation(MODEL, () -> subject(new GivesBackBlindly()), 16, 400_000))
                .hasValueSatisfying(found -> assertThat(found).contains("GIVE_BACK"));
    }
}
