package io.levee.server;

import java.nio.charset.StandardCharsets;

/** The answer to a request whose time is up before anything was done. */
final class Late {
    static final int STATUS = 504;
    static final String CONTENT_TYPE = "application/problem+json";

    private Late() {}

    static byte[] body() {
        return ("{\"title\":\"Deadline has passed\",\"status\":504,"
                        + "\"detail\":\"The caller's time was up when the request came; nothing was done.\"}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
