package io.levee.apache;

import io.levee.Attempt;
import io.levee.http.shared.HopHeaders;
import io.levee.http.shared.HttpOptions;
import io.levee.http.shared.HttpRules;
import io.levee.http.shared.HttpTarget;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** What goes along with every attempt of a call. */
final class Headers {
    private final HttpOptions options;
    private final @Nullable String key;
    private final boolean keyed;
    private final List<String> givenDeadlines;
    private final int servedAttempt;

    /** Reads the request as the caller made it. */
    Headers(HttpOptions options, HttpRequest request) {
        this.options = options;
        boolean own = request.containsHeader(HttpRules.IDEMPOTENCY_KEY);
        key = options.newKey(request.getMethod(), own);
        keyed = own || key != null;
        String header = options.deadlineHeader();
        givenDeadlines = header == null ? List.of() : values(request, header);
        servedAttempt = HopHeaders.servedHere(values(request, HopHeaders.ATTEMPT));
    }

    static List<String> values(HttpMessage message, String name) {
        return Arrays.stream(message.getHeaders(name)).map(Header::getValue).toList();
    }

    /** Whether the request carries a key, its own or one of ours. */
    boolean keyed() {
        return keyed;
    }

    /** Puts them into an attempt's copy of the request. */
    void into(HttpRequest copy, Attempt attempt) {
        long leftNanos = attempt.remainingNanos();
        String number = HopHeaders.attempt(attempt.number(), servedAttempt);
        if (number != null) {
            copy.setHeader(HopHeaders.ATTEMPT, number);
        }
        if (key != null) {
            copy.setHeader(HttpRules.IDEMPOTENCY_KEY, key);
        }
        String header = options.deadlineHeader();
        if (header != null && leftNanos != Long.MAX_VALUE) {
            copy.setHeader(header, HttpOptions.deadlineMillis(leftNanos, givenDeadlines));
        }
        attempt.inject(copy::setHeader);
    }

    /** Where a request goes. */
    static HttpTarget target(String operation, HttpRequest request, HttpRoute route) {
        HttpHost host = route.getTargetHost();
        return new HttpTarget(operation, request.getMethod(), host.getHostName(), host.getPort(), new Object() {
            @Override
            public String toString() {
                String uri = request.getRequestUri();
                return uri.startsWith("/") ? host.toURI() + uri : uri;
            }
        });
    }
}
