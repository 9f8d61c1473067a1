package io.levee.idempotency;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request before its body is read.
 *
 * @param method as it came
 * @param path without the query
 * @param query null if there is none
 * @param principal the name of the authenticated user, null if the server knows none
 * @param headers the values of a header by its name, whatever its case; empty if it is missing
 */
public record RequestHead(
        String method,
        String path,
        @Nullable String query,
        @Nullable String principal,
        Function<String, List<String>> headers) {
    /**
     * A header's first value.
     *
     * @param name in any case
     * @return the value, null if the header is missing
     */
    public @Nullable String header(String name) {
        List<String> values = headers.apply(name);
        return values.isEmpty() ? null : values.get(0);
    }
}
