package io.levee;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.stress.Linearizability;
import io.levee.stress.Model;
import io.levee.stress.Operation;
import io.levee.stress.Recorder;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Records histories of new objects, seed by seed, and checks each against a model. */
final class Histories {
    /** A second or two of each; with ./levee test --full a hundred times as many. */
    private static final int FEW = 4_000;

    private static final int MANY = 400_000;

    /** Two set off together on two processors; a third one brings in what a thread does that is stopped half-way. */
    private static final int MOST_THREADS = 3;

    private Histories() {}

    static int count() {
        return "true".equals(System.getProperty("levee.full")) ? MANY : FEW;
    }

    /** Fails with the first history that has no order, and its seed. */
    static <O> void areLinearizable(Model<?, O> model, Supplier<Recorder.Subject<O>> subjects, int operationsEach) {
        Optional<String> violation = firstViolation(model, subjects, operationsEach, count());
        assertThat(violation).as("a history without an order").isEmpty();
    }

    static <O> Optional<String> firstViolation(
            Model<?, O> model, Supplier<Recorder.Subject<O>> subjects, int operationsEach, int most) {
        for (int threads = 2; threads <= MOST_THREADS; threads++) {
            try (Recorder recorder = new Recorder(threads, operationsEach)) {
                for (long seed = 0; seed < most / (MOST_THREADS - 1); seed++) {
                    List<Operation<O>> history = recorder.record(subjects.get(), seed);
                    Optional<String> violation = Linearizability.violation(model, history);
                    if (violation.isPresent()) {
                        return Optional.of("seed " + seed + ", " + threads + " threads: " + violation.get());
                    }
                }
            }
        }
        return Optional.empty();
    }
}
