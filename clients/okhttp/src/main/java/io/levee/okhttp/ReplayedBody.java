package io.levee.okhttp;

import io.levee.http.shared.BodyRecord;
import io.levee.http.shared.HttpOptions;
import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/** The body of one call's request, sent anew by each attempt, whole or not at all. */
abstract class ReplayedBody {
    /** The body for one call. */
    static ReplayedBody of(@Nullable RequestBody given, HttpOptions options) {
        if (given == null || !(given.isOneShot() || given.isDuplex())) {
            return new Again(given);
        }
        return new Once(given, new BodyRecord(options));
    }

    /** What OkHttp gets. */
    abstract @Nullable RequestBody sent();

    /** Whether another attempt can send the body from its first byte. */
    abstract boolean replayable();

    /** The call is over: nothing need be kept. */
    abstract void end();

    /** OkHttp's promise for all bodies that are not one-shot: they can be written again. */
    private static final class Again extends ReplayedBody {
        private final @Nullable RequestBody given;

        Again(@Nullable RequestBody given) {
            this.given = given;
        }

        @Override
        @Nullable
        RequestBody sent() {
            return given;
        }

        @Override
        boolean replayable() {
            return true;
        }

        @Override
        void end() {}
    }

    /** Recorded while it is written; a duplex body, which goes on beside the response, is not. */
    private static final class Once extends ReplayedBody {
        private final RequestBody given;
        private final BodyRecord record;

        Once(RequestBody given, BodyRecord record) {
            this.given = given;
            this.record = record;
        }

        @Override
        RequestBody sent() {
            return new RequestBody() {
                @Override
                public @Nullable MediaType contentType() {
                    return given.contentType();
                }

                @Override
                public long contentLength() throws IOException {
                    return given.contentLength();
                }

                @Override
                public boolean isDuplex() {
                    return given.isDuplex();
                }

                /** Redirects and challenges within an attempt: as long as it was not written, or can be written again. */
                @Override
                public boolean isOneShot() {
                    return !record.replayable();
                }

                @Override
                public void writeTo(BufferedSink sink) throws IOException {
                    write(sink);
                }
            };
        }

        private void write(BufferedSink sink) throws IOException {
            if (record.isWhole()) {
                record.writeTo(sink.outputStream());
                return;
            }
            record.start(given.contentLength());
            if (given.isDuplex()) {
                record.giveUp();
            }
            if (!record.isKeeping()) {
                given.writeTo(sink);
                return;
            }
            BodyRecord.Tee tee = record.tee(sink.outputStream());
            BufferedSink recorded = Okio.buffer(Okio.sink(tee));
            given.writeTo(recorded);
            recorded.flush();
            tee.done();
        }

        @Override
        boolean replayable() {
            return record.replayable();
        }

        @Override
        void end() {
            record.end();
        }
    }
}
