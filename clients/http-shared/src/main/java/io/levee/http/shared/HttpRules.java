package io.levee.http.shared;

import io.levee.Outcome;
import io.levee.http.shared.headers.RetryAfter;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** HTTP's own rules, as far as they are the same for every client. Stateless. */
public final class HttpRules {
    /** The header of draft-ietf-httpapi-idempotency-key-header. */
    public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    /** RFC 9110, section 10.2.3. */
    public static final String RETRY_AFTER = "Retry-After";

    /** RFC 9110, section 6.6.1. */
    public static final String DATE = "Date";

    /**
     * The most bytes of an unwanted answer that are read so that its connection can be used again. As much as
     * go-retryablehttp reads: below it, reading costs less than a new connection.
     */
    public static final long MAX_DRAIN_BYTES = 4096;

    /** A body that does not come must not hold its connection. A new one takes less than this on any network. */
    public static final long MAX_DRAIN_MILLIS = 1000;

    /** RFC 9110, section 9.2.2; methods are case-sensitive. */
    private static final Set<String> IDEMPOTENT_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    /** Methods that a key makes repeatable: those whose repetition does the work again. */
    private static final Set<String> KEYED_METHODS = Set.of("POST", "PATCH");

    private HttpRules() {}

    /**
     * Tells whether sending a request twice does no more than sending it once.
     *
     * @param method the method as it is sent
     * @param keyed whether the request carries an Idempotency-Key
     * @return true if it may be repeated
     */
    public static boolean isRepeatable(String method, boolean keyed) {
        return keyed || IDEMPOTENT_METHODS.contains(method);
    }

    /**
     * Tells whether a key is worth adding.
     *
     * @param method the method as it is sent
     * @return true for POST and PATCH
     */
    static boolean takesKey(String method) {
        return KEYED_METHODS.contains(method);
    }

    /**
     * The name of an operation: method and host, never path or query, whose values have no bound.
     *
     * @param method the method
     * @param host the host, null if the request names none
     * @return for example {@code GET inventory.example}
     */
    public static String operation(String method, @Nullable String host) {
        return host == null || host.isEmpty() ? method : method + ' ' + host;
    }

    /**
     * An outcome with what the head of an answer says.
     *
     * @param outcome the outcome so far
     * @param status the status; one that HTTP does not have is left out
     * @param retryAfter the values of all Retry-After headers, empty for none
     * @param date the value of the Date header, null for none
     * @param shouldRetry the values of all {@link HopHeaders#SHOULD_RETRY} headers, empty for none
     * @return the outcome with status, wait and the server's word on retries
     */
    public static Outcome answered(
            Outcome outcome, int status, List<String> retryAfter, @Nullable String date, List<String> shouldRetry) {
        Outcome read = isStatus(status) ? outcome.withStatus(status) : outcome;
        if (HopHeaders.forbidsRetry(shouldRetry)) {
            return read.withoutRetry();
        }
        if (retryAfter.isEmpty()) {
            return read;
        }
        Duration wait = RetryAfter.parse(retryAfter, date);
        return wait == null ? read : read.withMinDelay(wait);
    }

    /**
     * Tells whether a number can be a status.
     *
     * @param status the number
     * @return true from 100 to 999
     */
    public static boolean isStatus(int status) {
        return status >= 100 && status <= 999;
    }
}
