package io.levee.guard.web;

import org.jspecify.annotations.Nullable;

/** What the server answers. Rooms add their routes before it starts; not thread-safe. */
public interface Routes {
    /**
     * Adds a route.
     *
     * @param method such as {@code GET}
     * @param path such as {@code /api/v1/slos/{name}}; a part in braces matches one part of a path, and {@code /assets/*}
     *     everything below
     * @param least the role that it takes; null for everybody, without a token
     * @param handler answers, on one of the server's threads; may block
     * @throws IllegalArgumentException if there is such a route already
     */
    void add(String method, String path, @Nullable Role least, Handler handler);

    /**
     * Adds a stream of server-sent events.
     *
     * @param path as above
     * @param least as above
     * @param source is told of each client that comes
     */
    void stream(String path, @Nullable Role least, StreamSource source);

    /** Answers a request. */
    @FunctionalInterface
    interface Handler {
        /**
         * Answers.
         *
         * @param request the request
         * @return the answer
         * @throws WebException for an answer that is an error
         */
        Answer handle(Request request);
    }

    /** Something to subscribe to. */
    @FunctionalInterface
    interface StreamSource {
        /**
         * A client has come.
         *
         * @param request the client's
         * @param sink where to send to; drops a client that does not keep up
         * @return closed when the client is gone
         */
        AutoCloseable open(Request request, StreamSink sink);
    }

    /** One client of a stream. Thread-safe. */
    interface StreamSink {
        /**
         * Sends an event; never blocks.
         *
         * @param event its name
         * @param json its data, as for {@link Answer#json}
         */
        void send(String event, Object json);
    }
}
