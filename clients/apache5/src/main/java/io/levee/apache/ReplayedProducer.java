package io.levee.apache;

import io.levee.http.shared.BodyRecord;
import io.levee.http.shared.HttpOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The body of one call's request, sent anew by each attempt. A producer that is repeatable starts over; what another one
 * has given out is recorded, and a later attempt sends the record first and then the rest from the same producer, which
 * has waited meanwhile.
 *
 * <p>The monitor guards all state. Opponents: the I/O threads of an attempt that was given up and of the next one; only
 * the latest attempt gets anything from the producer.
 */
final class ReplayedProducer {
    private final @Nullable AsyncEntityProducer source;
    private final @Nullable BodyRecord record;
    private @Nullable View latest;
    private boolean sourceEnded;
    private @Nullable List<? extends Header> trailers;

    ReplayedProducer(@Nullable AsyncEntityProducer source, HttpOptions options) {
        this.source = source;
        this.record = source == null || source.isRepeatable() ? null : new BodyRecord(options);
    }

    /** For the next attempt; null if the request has no body. */
    synchronized @Nullable AsyncEntityProducer next() {
        AsyncEntityProducer from = source;
        if (from == null) {
            return null;
        }
        if (latest != null && record == null) {
            from.releaseResources();
        }
        View view = new View(from);
        latest = view;
        return view;
    }

    synchronized boolean replayable() {
        return record == null || latest == null || !latest.started || record.isKeeping();
    }

    /** The call is over: nothing need be kept. What is being sent goes on to its end. */
    synchronized void end() {
        if (record != null) {
            record.end();
        }
    }

    /** One attempt's way through the body. */
    private final class View implements AsyncEntityProducer {
        private final AsyncEntityProducer from;
        private boolean started;
        private int nextPart;
        private @Nullable ByteBuffer part;

        View(AsyncEntityProducer from) {
            this.from = from;
        }

        boolean isPastRecord() {
            return part == null && (record == null || record.part(nextPart) == null);
        }

        @Override
        public boolean isRepeatable() {
            synchronized (ReplayedProducer.this) {
                return from.isRepeatable() || !started;
            }
        }

        @Override
        public int available() {
            synchronized (ReplayedProducer.this) {
                if (latest != this) {
                    return 0;
                }
                return isPastRecord() && !sourceEnded ? from.available() : Integer.MAX_VALUE;
            }
        }

        @Override
        public void produce(DataStreamChannel channel) throws IOException {
            synchronized (ReplayedProducer.this) {
                if (latest != this) {
                    throw new IOException("this attempt was given up");
                }
                BodyRecord kept = record;
                if (kept == null) {
                    started = true;
                    from.produce(channel);
                    return;
                }
                if (!started) {
                    started = true;
                    if (!sourceEnded && kept.part(0) == null) {
                        kept.start(from.getContentLength());
                    }
                }
                if (!replay(kept, channel)) {
                    return;
                }
                if (sourceEnded) {
                    channel.endStream(trailers);
                } else {
                    Recording recording = new Recording(channel, kept, this);
                    try {
                        from.produce(recording);
                    } catch (IOException | RuntimeException failed) {
                        if (!recording.broke) {
                            // The producer's own failure: nothing says that it can go on.
                            kept.giveUp();
                        }
                        throw failed;
                    }
                }
            }
        }

        /** True once the record is sent. */
        private boolean replay(BodyRecord kept, DataStreamChannel channel) throws IOException {
            while (true) {
                ByteBuffer now = part;
                if (now == null) {
                    byte[] bytes = kept.part(nextPart);
                    if (bytes == null) {
                        return true;
                    }
                    nextPart++;
                    now = ByteBuffer.wrap(bytes);
                    part = now;
                }
                channel.write(now);
                if (now.hasRemaining()) {
                    channel.requestOutput();
                    return false;
                }
                part = null;
            }
        }

        @Override
        public void failed(Exception cause) {
            // Another attempt may follow. The client tells the caller's producer when the call has failed.
        }

        @Override
        public void releaseResources() {
            // As above.
        }

        @Override
        public long getContentLength() {
            return from.getContentLength();
        }

        @Override
        public String getContentType() {
            return from.getContentType();
        }

        @Override
        public String getContentEncoding() {
            return from.getContentEncoding();
        }

        @Override
        public boolean isChunked() {
            return from.isChunked();
        }

        @Override
        public Set<String> getTrailerNames() {
            return from.getTrailerNames();
        }
    }

    /** Keeps what the client takes. */
    private final class Recording implements DataStreamChannel {
        private final DataStreamChannel channel;
        private final BodyRecord kept;
        private final View view;
        private boolean broke;

        Recording(DataStreamChannel channel, BodyRecord kept, View view) {
            this.channel = channel;
            this.kept = kept;
            this.view = view;
        }

        @Override
        public void requestOutput() {
            channel.requestOutput();
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            synchronized (ReplayedProducer.this) {
                ByteBuffer sent = src.duplicate();
                broke = true;
                try {
                    int returned = channel.write(src);
                    broke = false;
                    return returned;
                } finally {
                    // By the position, not by the answer: a write that throws may have taken bytes, which the producer
                    // will not give again.
                    keep(sent, sent.remaining() - src.remaining());
                }
            }
        }

        private void keep(ByteBuffer sent, int count) {
            if (count > 0 && kept.isKeeping()) {
                byte[] bytes = new byte[count];
                sent.get(bytes);
                kept.append(bytes, 0, count);
                view.nextPart++;
            }
        }

        @Override
        public void endStream(@Nullable List<? extends Header> given) throws IOException {
            synchronized (ReplayedProducer.this) {
                sourceEnded = true;
                trailers = given;
                kept.finish();
                broke = true;
                channel.endStream(given);
                broke = false;
            }
        }

        @Override
        public void endStream() throws IOException {
            endStream(null);
        }
    }
}
