package io.levee.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The lines of an input in UTF-8, ended by a line feed. A line that cannot be used is told instead of repaired: a text
 * whose bytes were replaced is another text, and a line without end must not fill the memory.
 */
final class Lines implements AutoCloseable {
    /** Far more than an outcome with its messages; what is longer is no input for people or tools. */
    static final int MAX_BYTES = 16 << 20;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private final Runnable beforeWaiting;
    private final byte[] buffer = new byte[1 << 16];
    private int from;
    private int to;
    private int number;

    /**
     * Reads an input, which is closed with this.
     *
     * @param beforeWaiting called before each read that may take its time: what was answered should be out by then
     */
    Lines(InputStream in, Runnable beforeWaiting) {
        this.in = in;
        this.beforeWaiting = beforeWaiting;
    }

    /**
     * One line.
     *
     * @param number 1 for the first
     * @param text without the line's end; empty if there is a problem
     * @param problem why it cannot be used, or null
     */
    record Line(int number, String text, @Nullable String problem) {}

    /** The next line; null at the end of the input. */
    @Nullable
    Line next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        boolean any = false;
        boolean tooLong = false;
        while (true) {
            if (from == to && !fill()) {
                return any ? line(line, tooLong) : null;
            }
            any = true;
            int end = from;
            while (end < to && buffer[end] != '\n') {
                end++;
            }
            tooLong = tooLong || line.size() + (end - from) > MAX_BYTES;
            if (!tooLong) {
                line.write(buffer, from, end - from);
            }
            boolean ended = end < to;
            from = ended ? end + 1 : end;
            if (ended) {
                return line(line, tooLong);
            }
        }
    }

    private boolean fill() throws IOException {
        beforeWaiting.run();
        from = 0;
        to = Math.max(0, in.read(buffer));
        return to > 0;
    }

    private Line line(ByteArrayOutputStream read, boolean tooLong) {
        number++;
        if (tooLong) {
            return new Line(number, "", "the line is longer than " + MAX_BYTES + " bytes");
        }
        byte[] bytes = read.toByteArray();
        int start = number == 1 && startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0;
        try {
            return new Line(
                    number,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes, start, bytes.length - start))
                            .toString(),
                    null);
        } catch (CharacterCodingException e) {
            return new Line(number, "", "the line is not UTF-8");
        }
    }

    private static boolean startsWithMark(byte[] bytes) {
        return bytes.length >= BYTE_ORDER_MARK.length
                && bytes[0] == BYTE_ORDER_MARK[0]
                && bytes[1] == BYTE_ORDER_MARK[1]
                && bytes[2] == BYTE_ORDER_MARK[2];
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
