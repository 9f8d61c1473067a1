package io.levee.metrics;

import java.util.List;

/** Takes the values of a metric. */
@FunctionalInterface
public interface SampleConsumer {
    /**
     * One value.
     *
     * @param labels the values of {@link Metric#labels()}, in their order
     * @param value what was counted
     */
    void sample(List<String> labels, double value);
}
