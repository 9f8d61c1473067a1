package io.levee;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The telemetry that lies on the class or module path. Looked for once, when the first Levee is built that wants it. */
final class TelemetryProviders {
    static final List<Telemetry> FOUND = find();

    private TelemetryProviders() {}

    private static List<Telemetry> find() {
        List<Telemetry> found = new ArrayList<>();
        Iterator<Telemetry> all = ServiceLoader.load(Telemetry.class, Telemetry.class.getClassLoader())
                .iterator();
        // Bounded, since an iterator over a path that cannot be read may fail again and again.
        for (int broken = 0; broken < 100; ) {
            try {
                if (!all.hasNext()) {
                    break;
                }
                found.add(all.next());
            } catch (ServiceConfigurationError | RuntimeException e) {
                broken++;
                TelemetryHub.LOG.log(System.Logger.Level.WARNING, "telemetry left out: it could not be loaded", e);
            }
        }
        return List.copyOf(found);
    }
}
