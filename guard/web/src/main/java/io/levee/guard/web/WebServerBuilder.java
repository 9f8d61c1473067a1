package io.levee.guard.web;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link WebServer}; each has a default that is safe. Not thread-safe. */
public final class WebServerBuilder {
    final Tokens tokens;
    String address = "127.0.0.1";
    int port;
    InstantSource clock = InstantSource.system();

    @Nullable
    TlsFiles tls;

    boolean forwarded;
    long bodyLimit = 16L << 20;
    long bodiesLimit = 128L << 20;
    int headerLimit = 16 << 10;
    Duration idle = Duration.ofSeconds(30);
    Duration grace = Duration.ofSeconds(5);
    int connections = 1_000;
    int threads = 32;
    Rate publicLimit = new Rate(50, 200);
    Rate ingestLimit = new Rate(2_000, 4_000);
    int mostStreams = 200;
    int streamQueue = 256;
    Duration heartbeat = Duration.ofSeconds(15);
    final Map<String, ErrorShape> errorShapes = new HashMap<>();

    WebServerBuilder(Tokens tokens) {
        this.tokens = tokens;
    }

    /**
     * The address to listen on; 127.0.0.1 unless told otherwise, so that only this machine reaches it.
     *
     * @param host a name or an address; {@code 0.0.0.0} for all
     * @return this
     */
    public WebServerBuilder address(String host) {
        address = host;
        return this;
    }

    /**
     * The port to listen on; any free one unless told otherwise.
     *
     * @param number 0 for any free one
     * @return this
     */
    public WebServerBuilder port(int number) {
        port = number;
        return this;
    }

    /**
     * The clock that sessions end by; the system's unless told otherwise.
     *
     * @param source the clock
     * @return this
     */
    public WebServerBuilder clock(InstantSource source) {
        clock = source;
        return this;
    }

    /**
     * TLS 1.2 and 1.3; plain HTTP unless told otherwise.
     *
     * @param files the certificate and its key
     * @return this
     */
    public WebServerBuilder tls(TlsFiles files) {
        tls = files;
        return this;
    }

    /**
     * Takes the client's address and scheme from X-Forwarded-For, X-Forwarded-Proto and Forwarded. Off unless told otherwise: only behind
     * a proxy that sets them, since whoever may set them may claim any address.
     *
     * @return this
     */
    public WebServerBuilder behindProxy() {
        forwarded = true;
        return this;
    }

    /**
     * How large a body may be, and all bodies that are held at once; 16 MiB and 128 MiB unless told otherwise, counted after
     * decompression.
     *
     * @param each in bytes
     * @param all in bytes
     * @return this
     */
    public WebServerBuilder bodies(long each, long all) {
        bodyLimit = each;
        bodiesLimit = all;
        return this;
    }

    /**
     * How long a connection may be idle, and how long a body may take; 30 s unless told otherwise.
     *
     * @param time more than the heartbeat
     * @return this
     */
    public WebServerBuilder idle(Duration time) {
        idle = time;
        return this;
    }

    /**
     * How many connections there may be, and threads that answer; 1,000 and 32 unless told otherwise, which is for two cores and
     * handlers that wait for a disk. Further connections wait in the system's queue.
     *
     * @param most connections
     * @param workers threads, at least 8
     * @return this
     */
    public WebServerBuilder capacity(int most, int workers) {
        connections = most;
        threads = workers;
        return this;
    }

    /**
     * How many requests to public routes each address may send; 50 a second and 200 at once unless told otherwise.
     *
     * @param perSecond on average
     * @param atOnce after a pause
     * @return this
     */
    public WebServerBuilder publicLimit(double perSecond, double atOnce) {
        publicLimit = new Rate(perSecond, atOnce);
        return this;
    }

    /**
     * How many batches each address may send to ingest; 2,000 a second and 4,000 at once unless told otherwise.
     *
     * @param perSecond on average
     * @param atOnce after a pause
     * @return this
     */
    public WebServerBuilder ingestLimit(double perSecond, double atOnce) {
        ingestLimit = new Rate(perSecond, atOnce);
        return this;
    }

    /**
     * How many streams there may be, how many events may wait for a client before it is dropped, and how often a quiet one is
     * told that the guard is there; 200, 256 and 15 s unless told otherwise.
     *
     * @param most streams
     * @param waiting events
     * @param pause less than the idle time
     * @return this
     */
    public WebServerBuilder streams(int most, int waiting, Duration pause) {
        mostStreams = most;
        streamQueue = waiting;
        heartbeat = pause;
        return this;
    }

    /**
     * What errors of some routes look like, for callers that read another shape or take a status for something else. Without
     * one, they are {@code {"error": "..."}}.
     *
     * @param prefix what their paths begin with
     * @param shape makes the answer of an error, whatever its cause: no token, a bad request, an error in the guard
     * @return this
     */
    public WebServerBuilder errors(String prefix, ErrorShape shape) {
        errorShapes.put(prefix, shape);
        return this;
    }

    /**
     * The server; it does not listen yet.
     *
     * @return to add routes to, and to start
     */
    public WebServer build() {
        return new WebServer(this);
    }

    /** Makes answers of errors. */
    @FunctionalInterface
    public interface ErrorShape {
        /**
         * The answer.
         *
         * @param status what it would be otherwise
         * @param message what is wrong, and the way out
         * @return the answer
         */
        Answer of(int status, String message);
    }

    /** For each of at most 10,000 addresses. */
    record Rate(double perSecond, double atOnce) {
        static final int ADDRESSES = 10_000;

        RateLimit limit() {
            return new RateLimit(perSecond, atOnce, ADDRESSES);
        }
    }
}
