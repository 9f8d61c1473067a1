package io.levee.http.contract;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A client of one library, as the tests see it. */
public interface TestClient extends AutoCloseable {
    /** Begins a call. It reads the answer's body whole. */
    Running start(Request request);

    /** Makes a call and waits for its end. */
    default Reply send(Request request) throws Exception {
        return send(request, 60);
    }

    /** Makes a call and waits for its end, or for so long. */
    default Reply send(Request request, int seconds) throws Exception {
        try {
            return start(request).reply().get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) failed.getCause();
        }
    }

    @Override
    void close() throws Exception;

    /** How the body of a request is given. */
    enum BodyKind {
        /** Can be written any number of times. */
        REPEATABLE,
        /** Gives out its bytes once; its length is known. */
        ONCE,
        /** Gives out its bytes once; its length is not known. */
        ONCE_CHUNKED
    }

    /**
     * A request.
     *
     * @param body null for none
     */
    record Request(
            String method, URI uri, Map<String, String> headers, byte[] body, BodyKind kind, boolean expectContinue) {
        public static Request get(URI uri) {
            return new Request("GET", uri, Map.of(), null, BodyKind.REPEATABLE, false);
        }

        public static Request post(URI uri) {
            return get(uri).method("POST").body("an order", BodyKind.REPEATABLE);
        }

        public Request method(String other) {
            return new Request(other, uri, headers, body, kind, expectContinue);
        }

        public Request header(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(name, value);
            return new Request(method, uri, more, body, kind, expectContinue);
        }

        public Request body(String text, BodyKind how) {
            return new Request(method, uri, headers, text.getBytes(StandardCharsets.UTF_8), how, expectContinue);
        }

        public Request expectingContinue(boolean expects) {
            return new Request(method, uri, headers, body, kind, expects);
        }
    }

    /** An answer, read. */
    record Reply(int status, String body, String retryAfter) {}

    /** A call under way. */
    interface Running {
        CompletableFuture<Reply> reply();

        /** What a user of the library does to cancel the call. */
        void cancel();
    }
}
