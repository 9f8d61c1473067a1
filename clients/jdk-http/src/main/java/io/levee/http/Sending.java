package io.levee.http;

import io.levee.Fate;
import io.levee.Outcome;
import io.levee.http.shared.HttpRules;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One attempt's way of sending the request, and the witness of what became of it. It is the body publisher that the
 * wrapped client gets: the JDK's client asks a publisher for its length exactly when it is about to write the request's
 * head, on every connection and for every resend, so the count of those questions is the count of sends.
 *
 * <p>Thread-safe: the client asks on its own threads, the engine reads the verdict on the caller's or its own.
 */
final class Sending implements BodyPublisher {
    /** What this attempt may rely on. */
    enum Witness {
        /** The wrapped client is the JDK's and does not send again by itself in good faith: a second send is refused. */
        EVERY_SEND_ONCE,
        /** The wrapped client is the JDK's, but follows redirects or authenticates: several sends are in order. */
        EVERY_SEND,
        /** Somebody's client, or a request without a publisher: what was not seen may have happened all the same. */
        NONE
    }

    private final RequestBody body;
    private final String method;
    private final Witness witness;
    private final AtomicInteger sends = new AtomicInteger();

    /** Written by the client's threads, read when the attempt has ended; the client's own hand-over orders them. */
    private volatile boolean resendRefused;

    private volatile int status = Outcome.NO_STATUS;
    private volatile boolean delivered;

    Sending(RequestBody body, String method, Witness witness) {
        this.body = body;
        this.method = method;
        this.witness = witness;
    }

    @Override
    public long contentLength() {
        if (JdkClient.asksForLength() && sends.incrementAndGet() > 1 && witness == Witness.EVERY_SEND_ONCE) {
            resendRefused = true;
            throw Sending.<RuntimeException>unchecked(new ResendRefusedException());
        }
        return body.contentLength();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        body.subscribe(subscriber);
    }

    /** The client throws whatever the length question throws as the failure of the exchange; it must be an IOException. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X unchecked(Throwable checked) throws X {
        throw (X) checked;
    }

    /** The head of an answer has arrived. */
    void answered(int code) {
        status = code;
    }

    /** The answer's body goes to somebody who must not get it twice. */
    void delivered() {
        delivered = true;
    }

    int sends() {
        return sends.get();
    }

    /** The outcome of an attempt that failed in this way. */
    Outcome outcome(Throwable failure) {
        Outcome outcome = Outcome.failure(failure).withReplayable(body.replayable() && !delivered);
        int code = status;
        if (HttpRules.isStatus(code)) {
            return outcome.withStatus(code).withFate(Fate.ANSWERED);
        }
        Fate fate = fate(failure);
        return fate == null ? outcome : outcome.withFate(fate);
    }

    boolean replayable() {
        return body.replayable();
    }

    /** What the attempt's evidence says; null if there is none, and the error alone must tell. */
    private @Nullable Fate fate(Throwable failure) {
        int seen = sends.get();
        if (seen == 0) {
            return witness == Witness.NONE ? null : Fate.NEVER_SENT;
        }
        if (seen == 1 && JdkClient.saysHandshakeFailed(failure)) {
            return Fate.NEVER_SENT;
        }
        if (JdkClient.saysUnprocessed(failure) || (resendRefused && JdkClient.resendsOnlyUnprocessed(method))) {
            return Fate.REFUSED_UNPROCESSED;
        }
        return Fate.SENT_NO_ANSWER;
    }
}
