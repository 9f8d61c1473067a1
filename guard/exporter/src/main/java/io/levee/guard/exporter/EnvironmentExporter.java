package io.levee.guard.exporter;

import io.levee.Levee;
import io.levee.Telemetry;
import io.levee.TelemetrySink;
import java.net.URI;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What the service loader finds: an exporter if the environment names a guard, one for the JVM. Thread-safe. */
public final class EnvironmentExporter implements Telemetry {
    private final UnaryOperator<@Nullable String> variables;
    private @Nullable GuardExporter started;

    /** By the variables of the process. */
    public EnvironmentExporter() {
        this(System::getenv);
    }

    EnvironmentExporter(UnaryOperator<@Nullable String> variables) {
        this.variables = variables;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if a variable has a value that makes no sense, naming it
     */
    @Override
    public @Nullable TelemetrySink sink(Levee levee) {
        GuardExporter exporter = exporter();
        return exporter == null ? null : exporter.sink(levee);
    }

    synchronized @Nullable GuardExporter exporter() {
        String url = value("LEVEE_GUARD_URL");
        if (started == null && url != null) {
            try {
                GuardExporter.Builder builder = GuardExporter.to(URI.create(url))
                        .token(value("LEVEE_GUARD_TOKEN"))
                        .release(value("LEVEE_RELEASE"))
                        .side(value("LEVEE_SIDE"));
                String environment = value("LEVEE_ENVIRONMENT");
                if (environment != null) {
                    builder.environment(environment);
                }
                started = builder.start();
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "LEVEE_GUARD_URL, LEVEE_ENVIRONMENT or LEVEE_SIDE: " + e.getMessage(), e);
            }
        }
        return started;
    }

    private @Nullable String value(String variable) {
        String property = System.getProperty(variable.toLowerCase(Locale.ROOT).replace('_', '.'));
        String value = property == null ? variables.apply(variable) : property;
        return value == null || value.isBlank() ? null : value;
    }
}
