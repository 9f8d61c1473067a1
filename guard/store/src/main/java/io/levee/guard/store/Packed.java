package io.levee.guard.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Bytes as the database keeps them: numbers of 7 bits a byte, the lowest first, and texts behind their lengths. */
final class Packed {
    private Packed() {}

    /** Not thread-safe. */
    static final class Writer {
        private byte[] bytes;
        private int size;

        Writer() {
            this(64);
        }

        Writer(int expected) {
            bytes = new byte[expected];
        }

        void number(long value) {
            reserve(10);
            long left = value;
            while ((left & ~0x7FL) != 0) {
                bytes[size++] = (byte) (left | 0x80);
                left >>>= 7;
            }
            bytes[size++] = (byte) left;
        }

        void text(@Nullable String text) {
            if (text == null) {
                number(0);
                return;
            }
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            number(utf8.length + 1L);
            reserve(utf8.length);
            System.arraycopy(utf8, 0, bytes, size, utf8.length);
            size += utf8.length;
        }

        /** Of 8 bytes, for numbers that are large as a rule. */
        void fixed(long value) {
            reserve(8);
            for (int shift = 0; shift < 64; shift += 8) {
                bytes[size++] = (byte) (value >>> shift);
            }
        }

        private void reserve(int more) {
            if (bytes.length - size < more) {
                bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
            }
        }

        byte[] bytes() {
            return Arrays.copyOf(bytes, size);
        }
    }

    /** Not thread-safe. */
    static final class Reader {
        private final byte[] bytes;
        private int at;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean hasMore() {
            return at < bytes.length;
        }

        long number() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = bytes[at++];
                value |= (next & 0x7FL) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        @Nullable
        String text() {
            int length = (int) number() - 1;
            if (length < 0) {
                return null;
            }
            String text = new String(bytes, at, length, StandardCharsets.UTF_8);
            at += length;
            return text;
        }

        long fixed() {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 8) {
                value |= (bytes[at++] & 0xFFL) << shift;
            }
            return value;
        }
    }
}
