package io.levee.idempotency;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the tests' servers do, whatever the server. */
@FunctionalInterface
interface App {
    /** A request, as far as an application reads it. */
    interface Request {
        /** The body, read through the server's own stream. */
        byte[] body() throws IOException;

        /** Null if the request is not keyed. */
        @Nullable
        KeyedWork work();
    }

    StoredResponse handle(Request request) throws IOException;
}
