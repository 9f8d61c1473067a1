package io.levee.idempotency;

import io.levee.http.shared.HttpRules;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Answers that this side gives by itself, as problem details (RFC 9457). */
final class Problem {
    private static final String CONTENT_TYPE = "application/problem+json";

    private final @Nullable URI help;

    /**
     * Problems.
     *
     * @param help where the key is documented: their type, and a link; null for about:blank
     */
    Problem(@Nullable URI help) {
        this.help = help;
    }

    StoredResponse of(int status, String title, String detail) {
        StringBuilder json = new StringBuilder("{");
        if (help != null) {
            field(json, "type", help.toString()).append(',');
        }
        field(json, "title", title).append(",\"status\":").append(status).append(',');
        field(json, "detail", detail).append('}');
        StoredResponse problem = StoredResponse.of(status, CONTENT_TYPE, json.toString());
        return help == null ? problem : problem.withHeader("Link", "<" + help + ">; rel=\"describedby\"");
    }

    StoredResponse of(int status, String title, String detail, long retryAfterSeconds) {
        return of(status, title, detail).withHeader(HttpRules.RETRY_AFTER, Long.toString(retryAfterSeconds));
    }

    /** Four fields of one level: a JSON library would be this module's only dependency. */
    private static StringBuilder field(StringBuilder json, String name, String value) {
        json.append('"').append(name).append("\":\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"');
    }
}
