package io.levee.guard.ingest;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The lines of a file, compressed or not, with a digest of all that were read so far. Not thread-safe. */
final class NdjsonLines {
    /** Far more than an {@link Event}; what is longer is no file of events. */
    private static final int LONGEST = 1 << 20;

    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

    private final Counting counting;
    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    private final MessageDigest digest = Digest.sha256();
    private long number;
    private boolean isTooLong;

    NdjsonLines(InputStream source) throws IOException {
        counting = new Counting(source);
        BufferedInputStream buffered = new BufferedInputStream(counting, 1 << 16);
        buffered.mark(2);
        boolean isGzip = buffered.read() == GZIP_FIRST && buffered.read() == GZIP_SECOND;
        buffered.reset();
        in = isGzip ? new BufferedInputStream(new GZIPInputStream(buffered, 1 << 16), 1 << 16) : buffered;
    }

    /** Goes on to the next line; false at the end. */
    boolean next() throws IOException {
        line.reset();
        isTooLong = false;
        int next = in.read();
        if (next < 0) {
            return false;
        }
        number++;
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (line.size() == LONGEST) {
                isTooLong = true;
            } else {
                line.write(next);
            }
        }
        byte[] bytes = line.toByteArray();
        digest.update(bytes);
        digest.update((byte) '\n');
        return true;
    }

    long number() {
        return number;
    }

    /** The line as it is, without its end. */
    byte[] bytes() {
        return line.toByteArray();
    }

    /** The line; null if it is none that can be read. */
    @Nullable
    String text() {
        if (isTooLong) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Why there is no text. */
    String problem() {
        return isTooLong ? "is longer than " + LONGEST + " bytes; one line is one event" : "is not UTF-8";
    }

    /** Of all lines so far. */
    String digest() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest(), 0, 16);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("every JDK's SHA-256 can be copied", e);
        }
    }

    /** Of the file itself, compressed or not, have been read. */
    long bytesRead() {
        return counting.bytes;
    }

    private static final class Counting extends FilterInputStream {
        private long bytes;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            bytes += next < 0 ? 0 : 1;
            return next;
        }

        @Override
        public int read(byte[] into, int at, int length) throws IOException {
            int read = super.read(into, at, length);
            bytes += Math.max(0, read);
            return read;
        }
    }
}
