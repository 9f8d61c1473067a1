package io.levee.bench;

import io.github.resilience4j.core.functions.CheckedSupplier;
import io.levee.AttemptBody;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.springframework.core.retry.Retryable;

/** The same {@link Work} in the shape that each peer takes, four classes of each shape. */
final class Bodies {
    /** For the hand-written code and for AWS, whose users write the loop themselves. */
    final Turn<Callable<Object>> byHand;

    final Turn<AttemptBody<Object, IOException>> levee;
    final Turn<CheckedSupplier<Object>> resilience4j;
    final Turn<dev.failsafe.function.CheckedSupplier<Object>> failsafe;
    final Turn<Retryable<Object>> spring;

    Bodies(Work work) {
        byHand = new Turn<>(() -> work.once(), () -> work.once(), () -> work.once(), () -> work.once());
        levee = new Turn<>(
                attempt -> work.once(), attempt -> work.once(), attempt -> work.once(), attempt -> work.once());
        resilience4j = new Turn<>(() -> work.once(), () -> work.once(), () -> work.once(), () -> work.once());
        failsafe = new Turn<>(() -> work.once(), () -> work.once(), () -> work.once(), () -> work.once());
        spring = new Turn<>(() -> work.once(), () -> work.once(), () -> work.once(), () -> work.once());
    }
}
