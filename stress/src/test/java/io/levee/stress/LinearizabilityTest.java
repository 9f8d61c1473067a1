package io.levee.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker itself, on histories made by hand: a register that is written and read. */
class LinearizabilityTest {
    private record Act(boolean isWrite, int value) {}

    /** Two steps a write: what is read in between is -1. */
    private static class TornRegister extends Register {
        @Override
        public int steps(Act act) {
            return act.isWrite ? 2 : 1;
        }

        @Override
        public Integer next(Integer state, Act act, int step, int owner) {
            return act.isWrite && step == 0 ? Integer.valueOf(-1) : super.next(state, act, step, owner);
        }
    }

    private static class Register implements Model<Integer, Act> {
        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public Integer next(Integer state, Act act, int step, int owner) {
            return act.isWrite || act.value == state ? Integer.valueOf(act.value) : null;
        }
    }

    private static Operation<Act> write(int thread, int value, long began, long ended) {
        return new Operation<>(thread, new Act(true, value), began, ended);
    }

    private static Operation<Act> read(int thread, int value, long began, long ended) {
        return new Operation<>(thread, new Act(false, value), began, ended);
    }

    @Test
    void operationsOneAfterTheOtherHaveOneOrder() {
        Register register = new Register();
        assertThat(Linearizability.violation(register, List.of(write(0, 1, 1, 2), read(1, 1, 3, 4))))
                .isEmpty();
        assertThat(Linearizability.violation(register, List.of(write(0, 1, 1, 2), read(1, 0, 3, 4))))
                .as("a read that began after the write had ended, and does not see it")
                .isPresent();
    }

    @Test
    void ofConcurrentOnesEitherMayBeFirst() {
        Register register = new Register();
        assertThat(Linearizability.violation(register, List.of(write(0, 1, 1, 4), read(1, 1, 2, 3))))
                .isEmpty();
        assertThat(Linearizability.violation(register, List.of(write(0, 1, 1, 4), read(1, 0, 2, 3))))
                .isEmpty();
        assertThat(Linearizability.violation(register, List.of(write(0, 1, 1, 4), read(1, 2, 2, 3))))
                .as("a value that nobody wrote")
                .isPresent();
    }

    /** The case that tells linearizable from sequentially consistent: the write is seen, and then not any more. */
    @Test
    void whatWasSeenStaysSeen() {
        List<Operation<Act>> history = List.of(write(0, 1, 1, 10), read(1, 1, 2, 3), read(2, 0, 4, 5));
        assertThat(Linearizability.violation(new Register(), history))
                .hasValueSatisfying(text -> assertThat(text)
                        .contains("* 2   4-5   Act[isWrite=false, value=0]")
                        .contains("  1   2-3   Act[isWrite=false, value=1]"));
        assertThat(Linearizability.violation(
                        new Register(), List.of(write(0, 1, 1, 10), read(1, 1, 4, 5), read(2, 0, 2, 3))))
                .isEmpty();
    }

    @Test
    void betweenTheStepsOfOneOthersMayCome() {
        List<Operation<Act>> history = List.of(write(0, 1, 1, 6), read(1, -1, 2, 3), read(1, 1, 4, 5));
        assertThat(Linearizability.violation(new TornRegister(), history)).isEmpty();
        assertThat(Linearizability.violation(new Register(), history)).isPresent();
        assertThat(Linearizability.violation(new TornRegister(), List.of(write(0, 1, 1, 2), read(1, -1, 3, 4))))
                .as("all steps lie between beginning and end")
                .isPresent();
    }

    /** Without a memory of what was tried this would take 12! turns. */
    @Test
    void manyConcurrentOnesAreQuicklyRefuted() {
        List<Operation<Act>> history = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            history.add(write(i, i % 3, 1, 100));
        }
        history.add(read(12, 7, 1, 100));
        assertThat(Linearizability.violation(new Register(), history)).isPresent();
    }

    @Test
    void aHistoryThatIsTooLongIsRefused() {
        List<Operation<Act>> history = new ArrayList<>();
        for (int i = 0; i < 65; i++) {
            history.add(write(0, 1, 2 * i, 2 * i + 1));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Linearizability.violation(new Register(), history))
                .withMessageContaining("64")
                .withMessageContaining("65");
    }
}
