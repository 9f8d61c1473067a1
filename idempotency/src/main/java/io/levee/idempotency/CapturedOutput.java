package io.levee.idempotency;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a handler writes until it has ended, so that the answer is stored before anybody gets it. What is longer than
 * is kept goes out as it comes. For one thread at a time, as the stream that it stands for.
 */
final class CapturedOutput extends OutputStream {
    private final int most;
    private final Way onTooLong;
    private ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private @Nullable OutputStream through;

    /** How the answer goes out that is not kept. */
    @FunctionalInterface
    interface Way {
        /** Sends the head, and answers the stream of the body. */
        OutputStream open() throws IOException;
    }

    CapturedOutput(int most, Way onTooLong) {
        this.most = most;
        this.onTooLong = onTooLong;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        OutputStream out = through;
        if (out == null) {
            if (count <= most - kept.size()) {
                kept.write(bytes, from, count);
                return;
            }
            out = onTooLong.open();
            through = out;
            kept.writeTo(out);
            kept = new ByteArrayOutputStream(0);
        }
        out.write(bytes, from, count);
    }

    @Override
    public void flush() throws IOException {
        if (through != null) {
            through.flush();
        }
    }

    /** Closes what goes out; what is kept has no end to be closed. */
    @Override
    public void close() throws IOException {
        if (through != null) {
            through.close();
        }
    }

    boolean isTooLong() {
        return through != null;
    }

    byte[] bytes() {
        return kept.toByteArray();
    }

    /** Forgets what was written. */
    void reset() {
        kept.reset();
    }
}
