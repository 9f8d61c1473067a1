package io.levee.grpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.levee.http.shared.ReplayQuota;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The messages that the application has sent in one call. They are recorded, so that a later attempt can send them
 * again, until the call is committed or the record hits the call's or the client's bound; from then on each goes
 * to the attempt that runs (or, if none does, to the next one) and is forgotten.
 *
 * <p>Guarded by the call's lock.
 */
final class Replay<ReqT> {
    /**
     * A message as it was sent.
     *
     * @param message the application's object; gRPC forbids changing it once it was sent
     * @param compressed whether message compression was on
     */
    record Sent<T>(T message, boolean compressed) {}

    private final ReplayQuota quota;
    private final long maxBytes;
    private final List<Sent<ReqT>> record = new ArrayList<>();
    /** Sent after recording had stopped, and not taken by an attempt yet. */
    private final Queue<Sent<ReqT>> unrecorded = new ArrayDeque<>();

    /** How many of the recorded messages the attempt that runs has taken. */
    private int position;

    private long reserved;
    private boolean recording = true;
    private boolean overflowed;

    Replay(ReplayQuota quota, long maxBytes) {
        this.quota = quota;
        this.maxBytes = maxBytes;
    }

    /** The size of a message on the wire, uncompressed. What the marshaller throws is the attempt's to meet. */
    static <T> long sizeOf(MethodDescriptor<T, ?> method, T message) {
        try (InputStream stream = method.streamRequest(message)) {
            if (stream instanceof KnownLength known) {
                return known.available();
            }
            if (stream instanceof Drainable drainable) {
                return drainable.drainTo(OutputStream.nullOutputStream());
            }
            return stream.transferTo(OutputStream.nullOutputStream());
        } catch (IOException | RuntimeException unreadable) {
            return 0;
        }
    }

    void add(ReqT message, boolean compressed, long bytes) {
        Sent<ReqT> sent = new Sent<>(message, compressed);
        if (recording && (reserved + bytes > maxBytes || !quota.tryReserve(bytes))) {
            overflowed = true;
            stopRecording();
        }
        if (recording) {
            reserved += bytes;
            record.add(sent);
        } else {
            unrecorded.add(sent);
        }
    }

    /** The call is committed or over: no other attempt will ask for what was sent before. */
    void stopRecording() {
        recording = false;
        quota.release(reserved);
        reserved = 0;
        forgetWhatIsTaken();
    }

    /** Nobody will ask for a message any more. */
    void end() {
        stopRecording();
        record.clear();
        position = 0;
        unrecorded.clear();
    }

    /** Whether another attempt could send everything from the first message on. */
    boolean replayable() {
        return !overflowed;
    }

    /** A new attempt begins with the first message. */
    void rewind() {
        position = 0;
    }

    /** Whether the attempt that runs has taken all that there is. */
    boolean isDrained() {
        return position == record.size() && unrecorded.isEmpty();
    }

    /** The next message for the attempt that runs; null if there is none yet. */
    @Nullable
    Sent<ReqT> next() {
        if (position == record.size()) {
            return unrecorded.poll();
        }
        Sent<ReqT> sent = record.get(position++);
        forgetWhatIsTaken();
        return sent;
    }

    /** Without a further attempt the record is of no use once the last one has taken it all. */
    private void forgetWhatIsTaken() {
        if (!recording && position == record.size()) {
            record.clear();
            position = 0;
        }
    }
}
