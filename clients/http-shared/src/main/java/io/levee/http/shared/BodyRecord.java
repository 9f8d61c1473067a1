package io.levee.http.shared;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a body that its source gives out only once, kept for further attempts of the call as far as the bounds
 * of the call and of the client allow. Beyond them the record is given up for good, and the body cannot be sent again.
 *
 * <p>Thread-safe: a client may write on a thread of its own, the engine asks on the caller's.
 */
public final class BodyRecord {
    private final ReplayQuota quota;
    private final long maxBytes;
    private final List<byte[]> parts = new ArrayList<>();
    private long reserved;
    private boolean started;
    private boolean whole;
    private boolean givenUp;
    private boolean ended;

    /**
     * An empty record.
     *
     * @param options the bounds
     */
    public BodyRecord(HttpOptions options) {
        this.quota = options.quota();
        this.maxBytes = options.maxReplayBytesPerCall();
    }

    /**
     * The source begins to give out its bytes.
     *
     * @param length how many it says there are; -1 if it does not say
     */
    public synchronized void start(long length) {
        started = true;
        if (length > maxBytes) {
            giveUp();
        }
    }

    /**
     * Keeps bytes.
     *
     * @param bytes the array
     * @param from the first byte
     * @param count how many
     */
    public synchronized void append(byte[] bytes, int from, int count) {
        if (!isKeeping()) {
            return;
        }
        if (reserved + count > maxBytes || !quota.tryReserve(count)) {
            giveUp();
            return;
        }
        reserved += count;
        byte[] kept = new byte[count];
        System.arraycopy(bytes, from, kept, 0, count);
        parts.add(kept);
    }

    /** The source has given out its last byte. */
    public synchronized void finish() {
        whole = true;
    }

    /** The record must not be used: the source failed, or nothing is to be kept. */
    public synchronized void giveUp() {
        givenUp = true;
        parts.clear();
        releaseQuota();
    }

    /** The call is over: nothing more is kept. What an attempt is still sending from here goes on to its end. */
    public synchronized void end() {
        ended = true;
        releaseQuota();
    }

    private void releaseQuota() {
        quota.release(reserved);
        reserved = 0;
    }

    /**
     * Whether bytes are still kept as they come: reading on behind a broken connection is worth while.
     *
     * @return false once the bounds were hit
     */
    public synchronized boolean isKeeping() {
        return !givenUp && !ended;
    }

    /**
     * Whether the body is to be taken from here, not from its source.
     *
     * @return true once it was recorded whole
     */
    public synchronized boolean isWhole() {
        return whole && !givenUp;
    }

    /**
     * Whether another attempt can send the body from its first byte.
     *
     * @return true if it is here whole, or no byte was asked for yet
     */
    public synchronized boolean replayable() {
        return !started || isWhole();
    }

    /**
     * One of the recorded pieces.
     *
     * @param number 0 for the first
     * @return the piece, or null if there are no more yet
     */
    public synchronized byte @Nullable [] part(int number) {
        return number < parts.size() ? parts.get(number) : null;
    }

    /**
     * Writes the recorded body.
     *
     * @param out where to
     * @throws IOException if that fails
     */
    public void writeTo(OutputStream out) throws IOException {
        List<byte[]> all;
        synchronized (this) {
            all = List.copyOf(parts);
        }
        for (byte[] part : all) {
            out.write(part);
        }
    }

    /**
     * A stream that records what is written to the client's. If that breaks, the rest of the source is still recorded as
     * long as the bounds allow, so that the next attempt has the body whole; {@link Tee#done} then throws what broke.
     *
     * @param out the client's
     * @return the stream for the source
     */
    public Tee tee(OutputStream out) {
        return new Tee(out);
    }

    /** See {@link BodyRecord#tee}. For one thread. */
    public final class Tee extends OutputStream {
        private final OutputStream out;
        private @Nullable IOException broken;

        private Tee(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            append(bytes, from, count);
            if (broken == null) {
                try {
                    out.write(bytes, from, count);
                } catch (IOException e) {
                    broken = e;
                }
            }
            failUnlessKeeping();
        }

        @Override
        public void flush() throws IOException {
            if (broken == null) {
                try {
                    out.flush();
                } catch (IOException e) {
                    broken = e;
                }
            }
            failUnlessKeeping();
        }

        private void failUnlessKeeping() throws IOException {
            if (broken != null && !isKeeping()) {
                throw broken;
            }
        }

        /**
         * The source has written everything.
         *
         * @throws IOException what broke on the way to the client's stream
         */
        public void done() throws IOException {
            finish();
            if (broken != null) {
                throw broken;
            }
        }
    }
}
