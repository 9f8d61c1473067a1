package io.levee.http.shared.options;

import io.levee.Levee;
import java.util.Objects;

/**
 * The options of every adapter that keeps what a call has sent for another attempt: how much of it. Extended by the
 * adapters' builders only. Not thread-safe.
 *
 * @param <B> the adapter's builder
 */
public abstract class ReplayBuilder<B extends ReplayBuilder<B>> {
    /** The limits of gRPC's own retry buffer. */
    private static final long DEFAULT_MAX_REPLAY_BYTES_PER_CALL = 1L << 20;

    private static final long DEFAULT_MAX_REPLAY_BYTES_PER_CLIENT = 16L << 20;

    private final Levee levee;
    private long maxReplayBytesPerCall = DEFAULT_MAX_REPLAY_BYTES_PER_CALL;
    private long maxReplayBytesPerClient = DEFAULT_MAX_REPLAY_BYTES_PER_CLIENT;

    /**
     * The defaults.
     *
     * @param levee decides; remains the caller's
     */
    protected ReplayBuilder(Levee levee) {
        this.levee = Objects.requireNonNull(levee, "levee");
    }

    /**
     * Sets how many bytes of one call (a body that can be read only once, the messages of a gRPC call) are kept for another
     * attempt. A call that sends more is sent all the same, and is not retried once that much has left. Default 1 MiB, as
     * gRPC has it. What can be written anew, such as a body of a string, needs no copy and has no limit.
     *
     * @param bytes zero or more
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public B maxReplayBytesPerCall(long bytes) {
        maxReplayBytesPerCall = notNegative(bytes, "maxReplayBytesPerCall");
        return self();
    }

    /**
     * Sets how many bytes all calls of this adapter may keep together at any moment. A call that finds nothing left is sent
     * all the same, without a second attempt once bytes have left. Default 16 MiB, as gRPC has it.
     *
     * @param bytes zero or more
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public B maxReplayBytesPerClient(long bytes) {
        maxReplayBytesPerClient = notNegative(bytes, "maxReplayBytesPerClient");
        return self();
    }

    private static long notNegative(long bytes, String setting) {
        if (bytes < 0) {
            throw new IllegalArgumentException(setting + " must be 0 bytes or more, is " + bytes);
        }
        return bytes;
    }

    /**
     * This builder.
     *
     * @return this, as what it is
     */
    @SuppressWarnings("unchecked") // B is the class that extends this one
    protected final B self() {
        return (B) this;
    }

    /**
     * The engine.
     *
     * @return decides
     */
    protected final Levee levee() {
        return levee;
    }

    /**
     * The limit of one call.
     *
     * @return bytes
     */
    protected final long replayBytesPerCall() {
        return maxReplayBytesPerCall;
    }

    /**
     * The limit of all calls together.
     *
     * @return bytes
     */
    protected final long replayBytesPerClient() {
        return maxReplayBytesPerClient;
    }
}
