package io.levee.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a policy file says of the service whose calls it guards: the block {@code facts} at its top. For
 * {@code levee lint}; no call is made differently for it. Immutable.
 *
 * @param service the service's name, by which the files of its callers name it; null if it is not said
 * @param callerTimeout how long those who call the service wait for it; null if it is not said
 * @param deadlineFromCaller whether the service works under its caller's deadline, as it does behind Levee's server
 *     side; default false
 */
public record ServiceFacts(
        @Nullable String service, @Nullable Duration callerTimeout, boolean deadlineFromCaller) {}
