package io.levee.fleet;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the script answered.
 *
 * @param share permits per second, 0 or more
 * @param members how many processes share the rate, 1 or more
 */
record Grant(double share, int members) {
    static Grant of(@Nullable Object answer) {
        String text = answer instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.US_ASCII)
                : answer instanceof CharSequence chars ? chars.toString() : "";
        String[] parts = text.split(" ", -1);
        try {
            Grant grant = new Grant(Double.parseDouble(parts[0]), Integer.parseInt(parts[parts.length - 1]));
            if (parts.length == 2 && grant.share >= 0 && grant.members >= 1) {
                return grant;
            }
        } catch (NumberFormatException unreadable) {
            // told below
        }
        throw new IllegalStateException("Redis' EVAL answered " + (answer == null ? "null" : answer.getClass()) + " '"
                + text + "', not a string of share and members; see RedisScript");
    }
}
