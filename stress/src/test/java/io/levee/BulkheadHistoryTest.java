package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.stress.Model;
import io.levee.stress.Recorder;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A bulkhead does what one thread at a time would see it do. Not in the model: {@link Bulkhead#change}. Entering reads
 * the size and the count one after the other, and says so; what that allows is in BulkheadStress.
 */
class BulkheadHistoryTest {
    private static final int SIZE = 2;

    private enum Kind {
        ENTER,
        LEAVE,
        COUNT
    }

    /** The answer is 1 for yes and 0 for no, or the count. */
    private record Act(Kind kind, int answer) {}

    private static final Model<Integer, Act> MODEL = new Model<>() {
        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public Integer next(Integer inFlight, Act act, int step, int owner) {
            return switch (act.kind) {
                case ENTER -> act.answer == Flag.of(inFlight < SIZE) ? Integer.valueOf(inFlight + act.answer) : null;
                case LEAVE -> act.answer == Flag.of(inFlight > 0) ? Integer.valueOf(inFlight - act.answer) : null;
                case COUNT -> act.answer == inFlight ? inFlight : null;
            };
        }
    };

    /** What a bulkhead is to these tests; so that a wrong one can be put in its place. */
    private interface Door {
        boolean tryEnter();

        boolean leave();

        int inFlight();
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
        };
    }

    private static Recorder.Subject<Act> subject(Door door) {
        return thread -> random -> switch (random.nextInt(5)) {
            case 0, 1 -> new Act(Kind.ENTER, Flag.of(door.tryEnter()));
            case 2, 3 -> new Act(Kind.LEAVE, Flag.of(door.leave()));
            default -> new Act(Kind.COUNT, door.inFlight());
        };
    }

    @Test
    void everyHistoryHasAnOrder() {
        Histories.areLinearizable(MODEL, () -> subject(bulkhead()), 16);
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
    }

    @Test
    void aBulkheadThatLooksAndThenWritesIsFoundOut() {
        assertThat(Histories.firstViolation(MODEL, () -> subject(new LooksThenWrites()), 16, 400_000))
                .hasValueSatisfying(
                        found -> assertThat(found).startsWith("seed ").contains("ENTER"));
    }
}
