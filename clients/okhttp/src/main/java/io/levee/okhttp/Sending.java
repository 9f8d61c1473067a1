package io.levee.okhttp;

import io.levee.CauseChain;
import io.levee.Fate;
import io.levee.Outcome;
import io.levee.Scope;
import io.levee.http.shared.HttpRules;
import java.io.IOException;
import java.net.Socket;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * What became of one attempt's request. Written by {@link Wire} on the call's thread, read there when the attempt has
 * ended; only {@link #cut} comes from another thread.
 */
final class Sending {
    /** Of classes that OkHttp does not export. */
    private static final String STREAM_RESET = "okhttp3.internal.http2.StreamResetException";

    private static final String CONNECTION_SHUTDOWN = "okhttp3.internal.http2.ConnectionShutdownException";
    private static final int MAX_CAUSES = 16;

    private final boolean witnessed;
    private final int readTimeoutMillis;
    private int sends;
    private boolean reused;
    private int status = Outcome.NO_STATUS;

    /** Opponent: the timer that cuts the attempt off. */
    private volatile @Nullable Connection connection;

    /**
     * An attempt begins.
     *
     * @param witnessed whether {@link Wire} will see its sends: not those of a web socket
     * @param readTimeoutMillis the client's own
     */
    Sending(boolean witnessed, int readTimeoutMillis) {
        this.witnessed = witnessed;
        this.readTimeoutMillis = readTimeoutMillis;
    }

    /** The attempt that a call is at. */
    static final class Current {
        private volatile @Nullable Sending sending;
        /** What the call was started in; null where no event listener told of it. */
        private volatile @Nullable Scope started;

        void handOver(Scope scope) {
            started = scope;
        }

        /** Binds what the call was started in to the thread that runs it; null for nothing to bind. */
        Scope.@Nullable Attachment attach() {
            Scope scope = started;
            return scope == null ? null : scope.attach();
        }

        void close() {
            Scope scope = started;
            if (scope != null) {
                scope.close();
            }
        }

        void set(Sending next) {
            sending = next;
        }
    }

    static Current current(Call call) {
        Current current = call.tag(Current.class, Current::new);
        return current == null ? new Current() : current;
    }

    /** Null where the call does not pass through a {@link LeveeInterceptor}. */
    static @Nullable Sending of(Call call) {
        Current current = call.tag(Current.class);
        return current == null ? null : current.sending;
    }

    /** A send is about to begin: the first of the attempt, or one that follows a redirect or a challenge. */
    void sends(Connection on, boolean usedBefore) {
        sends++;
        reused = usedBefore;
        status = Outcome.NO_STATUS;
        connection = on;
    }

    /** The head has come. The attempt's time was for that; how long the body may pause is as the client is set. */
    void answered(int code) throws IOException {
        status = code;
        Connection on = connection;
        connection = null;
        if (on != null && !isMultiplexed(on.protocol())) {
            on.socket().setSoTimeout(readTimeoutMillis);
        }
    }

    boolean connectionReused() {
        return reused;
    }

    /** Any thread: breaks the connection under an attempt whose time is up. */
    void cut() {
        Connection open = connection;
        // A stream of HTTP/2 notices the engine's interrupt, and shares its connection with others.
        if (open == null || isMultiplexed(open.protocol())) {
            return;
        }
        Socket socket = open.socket();
        try {
            socket.close();
        } catch (IOException closed) {
            // It was to be broken.
        }
    }

    private static boolean isMultiplexed(Protocol protocol) {
        return protocol == Protocol.HTTP_2 || protocol == Protocol.H2_PRIOR_KNOWLEDGE;
    }

    /** The outcome of an attempt that failed in this way. */
    Outcome outcome(Throwable failure) {
        Outcome outcome = Outcome.failure(failure);
        if (HttpRules.isStatus(status)) {
            return outcome.withStatus(status).withFate(Fate.ANSWERED);
        }
        Fate fate = fate(failure);
        return (fate == null ? outcome : outcome.withFate(fate)).withConnectionReused(reused);
    }

    private @Nullable Fate fate(Throwable failure) {
        if (!witnessed) {
            return null;
        }
        // After a redirect, 'this request was not sent' says nothing of the one before.
        if (sends == 0 || (sends == 1 && CauseChain.contains(failure, CONNECTION_SHUTDOWN))) {
            return Fate.NEVER_SENT;
        }
        return sends == 1 && saysRefused(failure) ? Fate.REFUSED_UNPROCESSED : Fate.SENT_NO_ANSWER;
    }

    /** RFC 9113, section 8.7: REFUSED_STREAM, which OkHttp also gives to streams that a GOAWAY leaves out. */
    private static boolean saysRefused(Throwable failure) {
        int left = MAX_CAUSES;
        for (Throwable t = failure; t != null && left-- > 0; t = t.getCause()) {
            if (t.getClass().getName().equals(STREAM_RESET)
                    && "stream was reset: REFUSED_STREAM".equals(t.getMessage())) {
                return true;
            }
        }
        return false;
    }
}
