package io.levee.http;

import io.levee.http.shared.HttpOptions;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.function.Function;

/**
 * What all calls of one client share. Immutable but for the quota.
 *
 * @param client the wrapped client
 * @param options what is the same for every client
 * @param operation names a call
 * @param guardBodyless whether requests without a body get a publisher, so that resends are noticed
 * @param freshBodies whether every body subscriber is good for a retry
 * @param witness what an attempt with a publisher may rely on
 */
record Settings(
        HttpClient client,
        HttpOptions options,
        Function<? super HttpRequest, String> operation,
        boolean guardBodyless,
        boolean freshBodies,
        Sending.Witness witness) {}
