package io.levee;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A way to make calls and attempts visible: spans, metrics, logs. Hands each {@link Levee} that is built a
 * {@link TelemetrySink} of its own.
 *
 * <p>Which ones a Levee uses is decided by one rule: those that {@link Levee.Builder#telemetry(Telemetry...)} names, none
 * if it names none, and without that setting those {@linkplain #discovered() found} on the class or module path. So a jar
 * of telemetry next to the application is enough to switch it on, and one line in the code switches it off or makes it
 * something else.
 *
 * <p>Implementations are thread-safe. A provider that shall be found is named in
 * {@code META-INF/services/io.levee.Telemetry} or by {@code provides} in its module, and has a public constructor
 * without parameters or (in a module) a static method {@code provider()}.
 */
@FunctionalInterface
public interface Telemetry {
    /**
     * A Levee has been built and will tell this sink of its calls.
     *
     * @param levee its name, settings and state may be read now and at any time
     * @return the sink; null if nothing is to be told. What this throws is logged, and the Levee is built without it
     */
    @Nullable
    TelemetrySink sink(Levee levee);

    /**
     * The providers that {@link java.util.ServiceLoader} finds with the class loader of this class; looked for once in the
     * life of the JVM. A provider that cannot be made is logged and left out.
     *
     * @return the providers, in the order of the path
     */
    static List<Telemetry> discovered() {
        return List.copyOf(TelemetryHub.FOUND);
    }
}
