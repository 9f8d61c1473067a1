package io.levee.grpc;

import io.grpc.CallCredentials;
import io.grpc.ClientStreamTracer;
import io.grpc.CompositeCallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.levee.Fate;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What the transport did with one attempt, told by gRPC's own tracer events: whether the request's head was written to the
 * socket, whether anything came back, and whether the channel makes another stream for the same attempt.
 *
 * <p>A channel does that by a retry policy of its own, and once more for a stream that the server refused unprocessed
 * (gRFC A6, transparent retries). Either would reach the server past Levee's limiter, breaker and retry budget, so the
 * attempt ends instead. That a tracer is asked for is the only sign of it, and call credentials are the only gate
 * before a stream's head is written; so this is both. A second stream of a request that has not left the client is
 * gRPC's own affair, and let through.
 *
 * <p>Thread-safe: the transport's threads write, the engine reads.
 */
final class Witness extends ClientStreamTracer.Factory {
    private final OwnRetry ownRetry;
    private final CallCredentials gate = new Gate();

    private volatile @Nullable Stream last;
    private volatile boolean refused;
    private volatile boolean closed;

    /** The channel was about to send the request again by itself. */
    interface OwnRetry {
        /**
         * Called on the thread that makes the second stream, which is not sent.
         *
         * @param ended how the first one ended
         * @param trailers its trailers
         * @param byPolicy false if the server refused the first one
         */
        void begins(Status ended, Metadata trailers, boolean byPolicy);
    }

    Witness(OwnRetry ownRetry) {
        this.ownRetry = ownRetry;
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        Stream before = last;
        Status ended = before == null ? null : before.ended;
        if (before != null && ended != null && (before.headersSent || !info.isTransparentRetry())) {
            // The first stream stays the attempt's evidence: nothing of the second one is wanted.
            closed = true;
            refused = info.isTransparentRetry();
            ownRetry.begins(ended, before.trailers, !refused);
            return new Stream();
        }
        Stream stream = new Stream();
        last = stream;
        return stream;
    }

    /**
     * What became of the request; null where no transport of gRPC's was asked, and the status alone must tell. To be read
     * after the attempt has ended or was cancelled: only then can a stream that has not been made not be made any more.
     */
    @Nullable
    Fate fate(Status status) {
        Stream stream = last;
        if (stream == null) {
            return null;
        }
        if (refused) {
            return Fate.REFUSED_UNPROCESSED;
        }
        if (stream.inbound) {
            return Fate.ANSWERED;
        }
        Status ended = stream.ended;
        // A stream that this side cancelled may still have its head in a buffer, ahead of its cancellation; one that
        // the
        // connection took along has not.
        boolean lost = ended != null && Translation.code(ended) == Status.Code.UNAVAILABLE;
        if (!stream.created || (lost && !stream.headersSent)) {
            return Fate.NEVER_SENT;
        }
        return saysUnprocessed(status) ? Fate.REFUSED_UNPROCESSED : Fate.SENT_NO_ANSWER;
    }

    /**
     * RFC 9113, section 8.7: the error REFUSED_STREAM, and a GOAWAY that leaves the stream out. gRPC-Java tells a
     * caller of both only by these words; as nothing came back on the stream, they are the transport's own and not
     * something that a server passes on.
     */
    private static boolean saysUnprocessed(Status status) {
        String text = status.getDescription();
        return text != null
                && status.getCode() == Status.Code.UNAVAILABLE
                && (text.contains("REFUSED_STREAM")
                        || text.startsWith("Abrupt GOAWAY closed sent stream")
                        || text.startsWith("Abrupt GOAWAY closed unsent stream"));
    }

    /** The credentials of a call, with the gate before the caller's own. */
    CallCredentials gateBefore(@Nullable CallCredentials own) {
        return own == null ? gate : new CompositeCallCredentials(gate, own);
    }

    private final class Gate extends CallCredentials {
        @Override
        public void applyRequestMetadata(RequestInfo request, Executor appExecutor, MetadataApplier applier) {
            if (closed) {
                applier.fail(Status.CANCELLED.withDescription("the channel's own retry was stood down"));
            } else {
                applier.apply(new Metadata());
            }
        }
    }

    /** One stream of the transport. */
    private static final class Stream extends ClientStreamTracer {
        private volatile boolean created;
        private volatile boolean headersSent;
        private volatile boolean inbound;
        private volatile Metadata trailers = new Metadata();
        private volatile @Nullable Status ended;

        @Override
        public void streamCreated(io.grpc.Attributes transportAttrs, Metadata headers) {
            created = true;
        }

        @Override
        public void outboundHeaders() {
            headersSent = true;
        }

        @Override
        public void inboundHeaders(Metadata headers) {
            inbound = true;
        }

        @Override
        public void inboundTrailers(Metadata received) {
            inbound = true;
            trailers = received;
        }

        @Override
        public void streamClosed(Status status) {
            ended = status;
        }
    }
}
