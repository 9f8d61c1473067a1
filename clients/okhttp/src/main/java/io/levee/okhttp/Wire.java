package io.levee.okhttp;

import io.levee.http.shared.HttpRules;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The witness next to the wire: OkHttp calls a network interceptor when it has a connection and is about to write the
 * request's head, once for every send. It also keeps OkHttp from resending a 503 with {@code Retry-After: 0} by itself,
 * which no setting does: the header goes by another name until it is past that.
 */
final class Wire implements Interceptor {
    /** Where Retry-After is between here and {@link GuardedCall}. */
    static final String HIDDEN_RETRY_AFTER = "Levee-Retry-After";

    private static final int SERVICE_UNAVAILABLE = 503;

    /** Connections that have carried a request before. By identity: OkHttp's have no equals of their own. */
    private final Map<Connection, Boolean> used = Collections.synchronizedMap(new WeakHashMap<>());

    @Override
    public Response intercept(Chain chain) throws IOException {
        Sending sending = Sending.of(chain.call());
        Connection connection = chain.connection();
        if (sending == null || connection == null) {
            return chain.proceed(chain.request());
        }
        sending.sends(connection, used.put(connection, Boolean.TRUE) != null);
        Response response = chain.proceed(chain.request());
        sending.answered(response.code());
        String retryAfter = response.code() == SERVICE_UNAVAILABLE ? response.header(HttpRules.RETRY_AFTER) : null;
        return retryAfter == null ? response : renamed(response, HttpRules.RETRY_AFTER, HIDDEN_RETRY_AFTER);
    }

    /** The response with all values of one header under another name. */
    static Response renamed(Response response, String from, String to) {
        Response.Builder copy = response.newBuilder().removeHeader(from);
        for (String value : response.headers(from)) {
            copy.addHeader(to, value);
        }
        return copy.build();
    }

    static @Nullable Response shown(@Nullable Response response) {
        return response == null || response.header(HIDDEN_RETRY_AFTER) == null
                ? response
                : renamed(response, HIDDEN_RETRY_AFTER, HttpRules.RETRY_AFTER);
    }
}
