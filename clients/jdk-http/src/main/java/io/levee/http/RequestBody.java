package io.levee.http;

import io.levee.http.shared.ReplayQuota;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.Flow;

/** The body of one call's request, sent anew by each attempt, whole or not at all. */
interface RequestBody {
    /** A call without a body. */
    RequestBody NONE = new Restartable(java.net.http.HttpRequest.BodyPublishers.noBody());

    /**
     * The JDK's publishers that start over from the first byte with every subscription. The others are not on the list
     * for a reason: ofInputStream and fromPublisher depend on what the user gave, and so does ofByteArrays (an Iterable
     * may be good for one iteration only: a second subscription would then end an empty body in silence). A name that
     * is missing costs memory, as the body is recorded then; it never costs correctness.
     */
    Set<String> RESTARTABLE = Set.of(
            "jdk.internal.net.http.RequestPublishers$ByteArrayPublisher",
            "jdk.internal.net.http.RequestPublishers$StringPublisher",
            "jdk.internal.net.http.RequestPublishers$EmptyPublisher",
            "jdk.internal.net.http.RequestPublishers$FilePublisher");

    /**
     * Makes the body for one call.
     *
     * @param publisher the request's own publisher
     * @param quota pays for what is recorded
     * @param maxBytes the most bytes to record
     */
    static RequestBody of(BodyPublisher publisher, ReplayQuota quota, long maxBytes) {
        return RESTARTABLE.contains(publisher.getClass().getName())
                ? new Restartable(publisher)
                : new RecordedBody(publisher, quota, maxBytes);
    }

    /** The length that the request's own publisher states, the same for every attempt. */
    long contentLength();

    /** Begins to send from the first byte. */
    void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber);

    /** Whether another attempt can send the body from its first byte. */
    boolean replayable();

    /** The call is over: nothing need be kept. A body that is still being sent goes on to its end. */
    void end();

    /** A publisher that can be subscribed to again. */
    record Restartable(BodyPublisher publisher) implements RequestBody {
        @Override
        public long contentLength() {
            return publisher.contentLength();
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            publisher.subscribe(subscriber);
        }

        @Override
        public boolean replayable() {
            return true;
        }

        @Override
        public void end() {}
    }
}
