package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Breaker.State;
import io.levee.stress.Model;
import io.levee.stress.Recorder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A breaker with the rule 'n failures in a row', through all its states and generations, against a model of one thread
 * at a time.
 *
 * <p>Relaxed in one point: a failure that makes the row long enough takes effect in two steps, it is counted, and then
 * the breaker opens. In between others see it closed, and a success that they report does not keep it from opening.
 * (Breaker: not guaranteed that outcomes reported at the same moment are judged in the order in which they happened, nor
 * that a call which was let through is sent before the breaker opens.) All else is one step, the generations included.
 *
 * <p>Not in the model: the length of the row, which can only be read in two steps (the phase, then its window), and the
 * windows over time and over calls, whose documentation says what they let slip; BreakerStress and core's
 * BreakerConcurrencyTest have them.
 */
class BreakerHistoryTest {
    private static final int FAILURES = 2;
    private static final long OPEN_NANOS = 20;
    private static final long LEASE_NANOS = 40;

    private enum Kind {
        ACQUIRE,
        SUCCESS,
        FAILURE,
        IGNORED,
        FORCE_OPEN,
        FORCE_CLOSED,
        RELEASE,
        STATE,
        GENERATION,
        OPEN_UNTIL
    }

    /** The answer is a stamp, a state's ordinal, a generation or an instant. */
    private record Act(Kind kind, long stamp, long now, long answer) {}

    /**
     * What the breaker knows.
     *
     * @param row failures in a row, while it is closed
     * @param opening the operations that have made the row long enough and have not opened it yet, one bit each
     */
    private record Known(State state, long generation, int row, long openUntil, long refusesUntil, long opening) {
        boolean passes() {
            return state == State.CLOSED || state == State.FORCED_CLOSED;
        }

        Known to(State next, long until, long refuses) {
            return new Known(next, generation + 1, 0, until, refuses, opening);
        }

        Known withRow(int length) {
            return new Known(state, generation, length, openUntil, refusesUntil, opening);
        }

        Known withOpening(long bits) {
            return new Known(state, generation, row, openUntil, refusesUntil, bits);
        }
    }

    private static final Model<Known, Act> MODEL = new Model<>() {
        @Override
        public Known initial() {
            return new Known(State.CLOSED, 0, 0, 0, 0, 0);
        }

        @Override
        public int steps(Act act) {
            return act.kind == Kind.FAILURE ? 2 : 1;
        }

        @Override
        public @Nullable Known next(Known known, Act act, int step, int owner) {
            return switch (act.kind) {
                case ACQUIRE -> acquire(known, act);
                case SUCCESS -> success(known, act);
                case FAILURE -> step == 0 ? counted(known, act, 1L << owner) : opened(known, act, 1L << owner);
                case IGNORED ->
                    known.generation == act.stamp && known.state == State.HALF_OPEN
                            ? known.to(State.OPEN, known.openUntil, known.openUntil)
                            : known;
                case FORCE_OPEN ->
                    known.state == State.FORCED_OPEN ? known : known.to(State.FORCED_OPEN, Nanos.NEVER, Nanos.NEVER);
                case FORCE_CLOSED -> known.state == State.FORCED_CLOSED ? known : known.to(State.FORCED_CLOSED, 0, 0);
                case RELEASE ->
                    known.state == State.FORCED_OPEN || known.state == State.FORCED_CLOSED
                            ? known.to(State.CLOSED, 0, 0)
                            : known;
                case STATE -> act.answer == known.state.ordinal() ? known : null;
                case GENERATION -> act.answer == known.generation ? known : null;
                case OPEN_UNTIL -> act.answer == known.openUntil ? known : null;
            };
        }

        private @Nullable Known acquire(Known known, Act act) {
            if (known.passes()) {
                return act.answer == known.generation ? known : null;
            }
            if (act.now < known.refusesUntil || known.state == State.FORCED_OPEN) {
                return act.answer == Breaker.REFUSED ? known : null;
            }
            Known probing = known.to(State.HALF_OPEN, known.openUntil, act.now + LEASE_NANOS);
            return act.answer == probing.generation ? probing : null;
        }

        private Known success(Known known, Act act) {
            if (known.generation != act.stamp) {
                return known;
            }
            return switch (known.state) {
                case CLOSED -> known.withRow(0);
                case HALF_OPEN -> known.to(State.CLOSED, 0, 0);
                default -> known;
            };
        }

        private Known counted(Known known, Act act, long self) {
            if (known.generation != act.stamp) {
                return known;
            }
            return switch (known.state) {
                case CLOSED -> {
                    Known longer = known.withRow(known.row + 1);
                    yield longer.row >= FAILURES ? longer.withOpening(longer.opening | self) : longer;
                }
                case HALF_OPEN -> known.to(State.OPEN, act.now + OPEN_NANOS, act.now + OPEN_NANOS);
                default -> known;
            };
        }

        private Known opened(Known known, Act act, long self) {
            if ((known.opening & self) == 0) {
                return known;
            }
            Known done = known.withOpening(known.opening & ~self);
            return done.generation == act.stamp && done.state == State.CLOSED
                    ? done.to(State.OPEN, act.now + OPEN_NANOS, act.now + OPEN_NANOS)
                    : done;
        }
    };

    private static Recorder.Subject<Act> subject(boolean mindsNoGeneration) {
        Breaker breaker = Breaker.consecutiveFailures(FAILURES)
                .openFor(Duration.ofNanos(OPEN_NANOS))
                .probeLease(Duration.ofNanos(LEASE_NANOS))
                .build();
        return thread -> {
            Deque<Long> unreported = new ArrayDeque<>();
            long[] now = {0};
            return random -> {
                // Each thread's own time goes on; two threads may be far apart, as threads are.
                now[0] += random.nextLong(15);
                int what = random.nextInt(20);
                if (what < 9 || (unreported.isEmpty() && what < 17)) {
                    long stamp = breaker.tryAcquire(now[0]);
                    if (stamp != Breaker.REFUSED) {
                        unreported.add(stamp);
                    }
                    return new Act(Kind.ACQUIRE, 0, now[0], stamp);
                }
                if (what < 17) {
                    // Not always the one taken last: some results come late, in a later generation.
                    long stamp = random.nextBoolean() ? unreported.removeLast() : unreported.removeFirst();
                    return report(breaker, mindsNoGeneration ? breaker.generation() : stamp, stamp, now[0], what);
                }
                return operate(breaker, random.nextInt(9));
            };
        };
    }

    private static Act report(Breaker breaker, long told, long stamp, long now, int what) {
        if (what < 14) {
            breaker.onFailure(told, now, -1);
            return new Act(Kind.FAILURE, stamp, now, 0);
        }
        if (what < 16) {
            breaker.onSuccess(told, now, -1);
            return new Act(Kind.SUCCESS, stamp, now, 0);
        }
        breaker.onIgnored(told);
        return new Act(Kind.IGNORED, stamp, now, 0);
    }

    private static Act operate(Breaker breaker, int what) {
        switch (what) {
            case 0 -> {
                breaker.forceOpen();
                return new Act(Kind.FORCE_OPEN, 0, 0, 0);
            }
            case 1 -> {
                breaker.forceClosed();
                return new Act(Kind.FORCE_CLOSED, 0, 0, 0);
            }
            case 2 -> {
                breaker.release();
                return new Act(Kind.RELEASE, 0, 0, 0);
            }
            case 3, 4 -> {
                return new Act(Kind.STATE, 0, 0, breaker.state().ordinal());
            }
            case 5, 6 -> {
                return new Act(Kind.OPEN_UNTIL, 0, 0, breaker.openUntilNanos());
            }
            default -> {
                return new Act(Kind.GENERATION, 0, 0, breaker.generation());
            }
        }
    }

    @Test
    void everyHistoryHasAnOrder() {
        // At most two steps an operation, and 64 steps: three threads with 10 each are at the limit.
        Histories.areLinearizable(MODEL, () -> subject(false), 10);
    }

    /** What happens if a late result counts in whatever generation there is by then. */
    @Test
    void aBreakerThatMindsNoGenerationIsFoundOut() {
        assertThat(Histories.firstViolation(MODEL, () -> subject(true), 10, 400_000))
                .hasValueSatisfying(found -> assertThat(found).startsWith("seed "));
    }
}
