package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.stress.Model;
import io.levee.stress.Recorder;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A bulkhead does what one thread at a time would see it do, with its size changed meanwhile as well. */
class BulkheadHistoryTest {
    private static final int SIZE = 2;
    private static final int MOST = 6;

    private enum Kind {
        ENTER,
        LEAVE,
        COUNT,
        CHANGE
    }

    private record State(int inFlight, int max) {
        State plus(int more) {
            return new State(inFlight + more, max);
        }
    }

    /** The answer is 1 for yes and 0 for no, or the count; of a change it is the new size. */
    private record Act(Kind kind, int answer) {}

    private static final Model<State, Act> MODEL = new Model<>() {
        @Override
        public State initial() {
            return new State(0, SIZE);
        }

        @Override
        public State next(State was, Act act, int step, int owner) {
            return switch (act.kind) {
                case ENTER -> act.answer == Flag.of(was.inFlight < was.max) ? was.plus(act.answer) : null;
                case LEAVE -> act.answer == Flag.of(was.inFlight > 0) ? was.plus(-act.answer) : null;
                case COUNT -> act.answer == was.inFlight ? was : null;
                case CHANGE -> new State(was.inFlight, act.answer);
            };
        }
    };

    /** What a bulkhead is to these tests; so that a wrong one can be put in its place. */
    private interface Door {
        boolean tryEnter();

        boolean leave();

        int inFlight();

        void change(int max);
    }

    private static Door bulkhead() {
        Bulkhead bulkhead = Bulkhead.inFlight(SIZE).build();
        return new Door() {
            @Override
            public boolean tryEnter() {
                return bulkhead.tryEnter();
            }

            @Override
            public boolean leave() {
                try {
                    bulkhead.leave();
                    return true;
                } catch (IllegalStateException empty) {
                    return false;
                }
            }

            @Override
            public int inFlight() {
                return bulkhead.inFlight();
            }

            @Override
            public void change(int max) {
                bulkhead.change(max);
            }
        };
    }

    private static Recorder.Subject<Act> subject(Door door) {
        return thread -> random -> switch (random.nextInt(5)) {
            case 0, 1 -> new Act(Kind.ENTER, Flag.of(door.tryEnter()));
            case 2, 3 -> new Act(Kind.LEAVE, Flag.of(door.leave()));
            default -> new Act(Kind.COUNT, door.inFlight());
        };
    }

    private static Recorder.Subject<Act> changing(Door door) {
        Recorder.Subject<Act> steady = subject(door);
        return thread -> random -> {
            if (random.nextInt(5) == 0) {
                int max = random.nextInt(1, MOST + 1);
                door.change(max);
                return new Act(Kind.CHANGE, max);
            }
            return steady.actor(thread).act(random);
        };
    }

    @Test
    void everyHistoryHasAnOrder() {
        Histories.areLinearizable(MODEL, () -> subject(bulkhead()), 16);
    }

    @Test
    void everyHistoryWithChangesOfTheSizeHasAnOrder() {
        Histories.areLinearizable(MODEL, () -> changing(bulkhead()), 16);
    }

    /** Looks, waits for others to look, and writes: the mistake that the bulkhead's CAS is there to prevent. */
    private static final class LooksThenWrites implements Door {
        private final AtomicInteger inFlight = new AtomicInteger();

        @Override
        public boolean tryEnter() {
            int seen = inFlight.get();
            Thread.yield();
            if (seen >= SIZE) {
                return false;
            }
            inFlight.set(seen + 1);
            return true;
        }

        @Override
        public boolean leave() {
            int seen = inFlight.get();
            Thread.yield();
            if (seen == 0) {
                return false;
            }
            inFlight.set(seen - 1);
            return true;
        }

        @Override
        public int inFlight() {
            return inFlight.get();
        }

        @Override
        public void change(int max) {
            throw new UnsupportedOperationException("not in this test");
        }
    }

    @Test
    void aBulkheadThatLooksAndThenWritesIsFoundOut() {
        assertThat(Histories.firstViolation(MODEL, () -> subject(new LooksThenWrites()), 16, 400_000))
                .hasValueSatisfying(
                        found -> assertThat(found).startsWith("seed ").contains("ENTER"));
    }
}
