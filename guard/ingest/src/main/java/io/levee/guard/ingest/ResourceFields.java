package io.levee.guard.ingest;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event.Side;
import org.jspecify.annotations.Nullable;

/** What is wanted of a resource: who tells it, of which release, and where. Not thread-safe. */
final class ResourceFields {
    /** What OpenTelemetry's SDKs say where nobody named the service. */
    static final String NOBODY = "unknown_service";

    String service = NOBODY;

    @Nullable
    String release;

    private @Nullable String environmentName;
    private @Nullable String side;

    void text(String key, String value) {
        switch (key) {
            case "service.name" -> service = value;
            case "service.version" -> release = value;
            case "deployment.environment.name" -> environmentName = value;
            case "deployment.environment" -> environmentName = environmentName == null ? value : environmentName;
            case "levee.side" -> side = value;
            default -> {}
        }
    }

    @Nullable
    Environment environment(IngestSettings settings) {
        return settings.environment(environmentName);
    }

    /** The side, of the span or else of the resource; null for none, and for a word that is no side. */
    @Nullable
    Side side(@Nullable String ofSpan) {
        String said = ofSpan == null ? side : ofSpan;
        return "canary".equals(said) ? Side.CANARY : "stable".equals(said) ? Side.STABLE : null;
    }
}
