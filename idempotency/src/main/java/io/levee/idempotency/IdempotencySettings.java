package io.levee.idempotency;

import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What {@link IdempotencyBuilder} has collected. */
record IdempotencySettings(
        IdempotencyStore store,
        Set<String> methods,
        Predicate<RequestHead> required,
        Function<RequestHead, String> scope,
        boolean bareKeys,
        Duration lease,
        Duration expiry,
        int maxTakeovers,
        @Nullable InDoubt inDoubt,
        int maxRequestBytes,
        boolean passLongBodies,
        int maxResponseBytes,
        Set<String> keptHeaders,
        IntPredicate releasedStatuses,
        boolean releaseFailures,
        boolean failOpen,
        @Nullable URI help) {}
