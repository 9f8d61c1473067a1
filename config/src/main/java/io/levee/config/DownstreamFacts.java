package io.levee.config;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a policy file says of a downstream itself, and not of how to call it: its block {@code facts}, and what is to be
 * ignored about it ({@code lintIgnore}). For {@code levee lint}; no call is made differently for it. Immutable.
 *
 * @param service the name of the service behind it, by which its own policy file is found; null if it is not said: then
 *     the downstream's own name counts
 * @param idleTimeout after how long without a request the downstream closes a connection; null if it is not said
 * @param capacityPerSecond how many attempts a second the downstream grants this service; null if it is not said
 * @param clientAttempts how often the client, or a proxy between here and there, sends what Levee sends once; default 1
 * @param sideEffects whether a call that reaches the downstream twice does something twice; default false
 * @param ignored the rules of the linter that do not hold here, each with the reason
 */
public record DownstreamFacts(
        @Nullable String service,
        @Nullable Duration idleTimeout,
        @Nullable Double capacityPerSecond,
        int clientAttempts,
        boolean sideEffects,
        Map<String, String> ignored) {

    /**
     * Copies what is ignored.
     *
     * @param service see above
     * @param idleTimeout see above
     * @param capacityPerSecond see above
     * @param clientAttempts see above
     * @param sideEffects see above
     * @param ignored see above
     */
    public DownstreamFacts {
        ignored = Collections.unmodifiableMap(new LinkedHashMap<>(ignored));
    }
}
