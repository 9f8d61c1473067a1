package io.levee.http;

import io.levee.Levee;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all calls of one client share. Immutable but for the quota.
 *
 * @param client the wrapped client
 * @param levee the engine
 * @param maxReplayBytesPerCall the most bytes of a body recorded for replay
 * @param quota the bytes that all calls may record together
 * @param idempotencyKey makes a key; null if none are added
 * @param deadlineHeader the header that carries the time left; null for none
 * @param operation names a call
 * @param guardBodyless whether requests without a body get a publisher, so that resends are noticed
 * @param freshBodies whether every body subscriber is good for a retry
 * @param witness what an attempt with a publisher may rely on
 */
record Settings(
        HttpClient client,
        Levee levee,
        long maxReplayBytesPerCall,
        ReplayQuota quota,
        @Nullable Supplier<String> idempotencyKey,
        @Nullable String deadlineHeader,
        Function<? super HttpRequest, String> operation,
        boolean guardBodyless,
        boolean freshBodies,
        Sending.Witness witness) {}
