package io.levee.guard.ingest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Gives the same bytes the same string, so that the names which every span repeats are made once. Bounded: a slot holds the
 * text that came last, and a lost race costs one more string. Thread-safe.
 */
final class StringCache {
    private static final int SLOTS = 8_192;
    /** Longer texts differ from each other: statements, URLs. */
    private static final int LONGEST = 128;

    private static final class Known {
        private final byte[] bytes;
        final String text;

        Known(byte[] bytes, String text) {
            this.bytes = bytes;
            this.text = text;
        }

        boolean is(byte[] from, int at, int length) {
            return Arrays.equals(bytes, 0, bytes.length, from, at, at + length);
        }
    }

    private final AtomicReferenceArray<@Nullable Known> slots = new AtomicReferenceArray<>(SLOTS);

    /** The text of some bytes of UTF-8; what is none becomes replacement characters. */
    String get(byte[] from, int at, int length) {
        if (length > LONGEST) {
            return new String(from, at, length, StandardCharsets.UTF_8);
        }
        int hash = length;
        for (int i = at; i < at + length; i++) {
            hash = 31 * hash + from[i];
        }
        int slot = (hash ^ (hash >>> 13)) & (SLOTS - 1);
        Known known = slots.get(slot);
        if (known != null && known.is(from, at, length)) {
            return known.text;
        }
        String text = new String(from, at, length, StandardCharsets.UTF_8);
        slots.set(slot, new Known(Arrays.copyOfRange(from, at, at + length), text));
        return text;
    }
}
