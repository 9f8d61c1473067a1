package io.levee.lab.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * Which fault is on when: healthy, 47 % errors, healthy, down, healthy, slow, healthy. Slow comes last because it is the
 * fault that leaves a full queue behind; the healthy end is what recovery is measured in. Instants are nanoseconds since
 * the first phase began. Immutable.
 */
final class Script {
    /** One stretch of the script, from (inclusive) to (exclusive). */
    record Phase(Fault fault, long fromNanos, long toNanos) {
        String label() {
            return fault.label();
        }
    }

    private static final List<Fault> ORDER =
            List.of(Fault.NONE, Fault.ERRORS, Fault.NONE, Fault.DOWN, Fault.NONE, Fault.SLOW, Fault.NONE);
    /** Seconds of each phase in a run of 29 s, which is what a demo of 30 s measures; other lengths scale. */
    private static final int[] WEIGHTS = {3, 5, 3, 4, 3, 5, 6};

    private final List<Phase> phases;

    private Script(List<Phase> phases) {
        this.phases = List.copyOf(phases);
    }

    /** The script, stretched to a length. */
    static Script lasting(long totalNanos) {
        int weights = 0;
        for (int weight : WEIGHTS) {
            weights += weight;
        }
        List<Phase> phases = new ArrayList<>();
        int before = 0;
        for (int i = 0; i < WEIGHTS.length; i++) {
            int after = before + WEIGHTS[i];
            phases.add(new Phase(ORDER.get(i), totalNanos * before / weights, totalNanos * after / weights));
            before = after;
        }
        return new Script(phases);
    }

    List<Phase> phases() {
        return phases;
    }

    long lengthNanos() {
        return phases.get(phases.size() - 1).toNanos();
    }

    /** The end of the last phase with a fault. */
    long lastFaultEndNanos() {
        long end = 0;
        for (Phase phase : phases) {
            if (phase.fault() != Fault.NONE) {
                end = phase.toNanos();
            }
        }
        return end;
    }

    /** The phase at an instant; the first before the start, the last after the end. */
    int indexAt(long sinceStartNanos) {
        int last = phases.size() - 1;
        for (int i = 0; i < last; i++) {
            if (sinceStartNanos < phases.get(i).toNanos()) {
                return i;
            }
        }
        return last;
    }

    Fault faultAt(long sinceStartNanos) {
        return phases.get(indexAt(sinceStartNanos)).fault();
    }
}
