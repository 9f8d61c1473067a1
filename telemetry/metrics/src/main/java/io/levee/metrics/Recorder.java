package io.levee.metrics;

import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The histograms of one upstream, in whatever library an exporter writes to. Told on the threads of calls, but only of
 * retries and waits. Implementations are thread-safe and do not block.
 */
public interface Recorder {
    /**
     * A retry has ended.
     *
     * @param seconds from the failure of the attempt before it
     * @param traceparent where it stands in a trace (W3C traceparent); null if nothing traces
     */
    void retryEnded(double seconds, @Nullable String traceparent);

    /**
     * An attempt had to wait for a permit, or waited in vain.
     *
     * @param seconds how long
     */
    void limiterWaited(double seconds);

    /**
     * A counter or a gauge has got a series that it did not have before: for libraries in which each series is registered.
     * Told once for each.
     *
     * @param metric which
     * @param labels the values of its labels
     * @param value its value whenever it is asked for; NaN while there is none
     */
    default void seriesAdded(Metric metric, List<String> labels, DoubleSupplier value) {}

    /** Makes the recorder of an upstream. */
    @FunctionalInterface
    interface Factory {
        /**
         * A call to an upstream that was not known before.
         *
         * @param service the label service
         * @param upstream the label upstream
         * @return its recorder
         */
        Recorder of(String service, String upstream);
    }
}
