package io.levee.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.lab.demo.Script.Phase;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ScriptTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void aDemoOf30SecondsPlaysThreeFaultsIn29() {
        assertThat(Script.lasting(29 * SECOND).phases())
                .containsExactly(
                        new Phase(Fault.NONE, 0, 3 * SECOND),
                        new Phase(Fault.ERRORS, 3 * SECOND, 8 * SECOND),
                        new Phase(Fault.NONE, 8 * SECOND, 11 * SECOND),
                        new Phase(Fault.DOWN, 11 * SECOND, 15 * SECOND),
                        new Phase(Fault.NONE, 15 * SECOND, 18 * SECOND),
                        new Phase(Fault.SLOW, 18 * SECOND, 23 * SECOND),
                        new Phase(Fault.NONE, 23 * SECOND, 29 * SECOND));
    }

    @Test
    void aPhaseHoldsFromItsFirstInstantUntilTheNextOnesFirst() {
        Script script = Script.lasting(29 * SECOND);

        assertThat(script.faultAt(-1)).isEqualTo(Fault.NONE);
        assertThat(script.faultAt(3 * SECOND - 1)).isEqualTo(Fault.NONE);
        assertThat(script.faultAt(3 * SECOND)).isEqualTo(Fault.ERRORS);
        assertThat(script.faultAt(11 * SECOND)).isEqualTo(Fault.DOWN);
        assertThat(script.faultAt(18 * SECOND)).isEqualTo(Fault.SLOW);
        assertThat(script.faultAt(23 * SECOND)).isEqualTo(Fault.NONE);
        assertThat(script.indexAt(99 * SECOND)).isEqualTo(6);
        assertThat(script.lastFaultEndNanos()).isEqualTo(23 * SECOND);
        assertThat(script.lengthNanos()).isEqualTo(29 * SECOND);
    }

    @Property(tries = 50)
    void everyLengthIsCoveredWithoutAGap(
            @ForAll @IntRange(min = DemoOptions.MIN_SECONDS, max = DemoOptions.MAX_SECONDS) int seconds) {
        List<Phase> phases = Script.lasting(seconds * SECOND).phases();

        long end = 0;
        for (Phase phase : phases) {
            assertThat(phase.fromNanos()).isEqualTo(end);
            assertThat(phase.toNanos()).isGreaterThan(phase.fromNanos());
            end = phase.toNanos();
        }
        assertThat(end).isEqualTo(seconds * SECOND);
        assertThat(phases.get(phases.size() - 1).fault()).isEqualTo(Fault.NONE);
    }
}
