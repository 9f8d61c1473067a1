package io.levee.apache;

import io.levee.CauseChain;
import io.levee.Fate;
import io.levee.Outcome;
import io.levee.http.shared.HopHeaders;
import io.levee.http.shared.HttpRules;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.RequestNotExecutedException;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.H2StreamResetException;
import org.jspecify.annotations.Nullable;

/**
 * What the context tells of one attempt's request: the client notes the connection there when it is about to write a
 * request's head on it, and at no other time. Stateless but for the context.
 */
final class Witness {
    private Witness() {}

    /** An attempt begins: nothing was sent. */
    static void begin(HttpClientContext context) {
        context.setEndpointDetails(null);
    }

    /**
     * The outcome of an attempt that failed in this way.
     *
     * @param connection the one that its request was sent on; null if it was not sent
     * @param pooled whether the client was free to take a connection from its pool
     */
    static Outcome failed(@Nullable EndpointDetails connection, Throwable failure, boolean pooled) {
        Outcome outcome = Outcome.failure(failure);
        if (connection == null) {
            // A lease that turns out to be closed before anything is sent on it is one from the pool.
            return outcome.withFate(Fate.NEVER_SENT).withConnectionReused(pooled && saysNotExecuted(failure));
        }
        // It had brought an answer before the one that did not come.
        return outcome.withFate(fate(failure)).withConnectionReused(connection.getResponseCount() > 0);
    }

    private static Fate fate(Throwable failure) {
        H2StreamResetException reset = Outcome.failure(failure).find(H2StreamResetException.class);
        // RFC 9113, section 8.7.
        if (reset != null && reset.getCode() == H2Error.REFUSED_STREAM.getCode()) {
            return Fate.REFUSED_UNPROCESSED;
        }
        return saysNotExecuted(failure) ? Fate.NEVER_SENT : Fate.SENT_NO_ANSWER;
    }

    private static boolean saysNotExecuted(Throwable failure) {
        return CauseChain.contains(failure, RequestNotExecutedException.class.getName());
    }

    /** The outcome of an attempt that was answered. */
    static Outcome answered(@Nullable EndpointDetails connection, Object value, HttpResponse response) {
        Header date = response.getFirstHeader(HttpRules.DATE);
        return HttpRules.answered(
                        Outcome.value(value),
                        response.getCode(),
                        Headers.values(response, HttpRules.RETRY_AFTER),
                        date == null ? null : date.getValue(),
                        Headers.values(response, HopHeaders.SHOULD_RETRY))
                .withConnectionReused(connection != null && connection.getRequestCount() > 1);
    }
}
