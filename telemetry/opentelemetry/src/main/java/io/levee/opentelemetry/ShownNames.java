package io.levee.opentelemetry;

import io.levee.redaction.Redaction;
import java.util.concurrent.ConcurrentHashMap;

/** Names of operations and templates as spans show them. They are few and come with every call, so each is looked at once. */
final class ShownNames {
    /** Beyond it somebody puts identifiers where names belong; each of those is looked at anew. */
    private static final int MOST = 1_000;

    private final Redaction redaction;
    private final ConcurrentHashMap<String, String> known = new ConcurrentHashMap<>();

    ShownNames(Redaction redaction) {
        this.redaction = redaction;
    }

    String of(String name) {
        String shown = known.get(name);
        if (shown == null) {
            shown = redaction.of(name);
            // Several threads at once go beyond the bound by their number.
            if (known.mappingCount() < MOST) {
                known.put(name, shown);
            }
        }
        return shown;
    }
}
