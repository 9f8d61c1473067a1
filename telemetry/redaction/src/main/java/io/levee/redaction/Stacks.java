package io.levee.redaction;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * A throwable as text with every frame of every cause and suppressed one: {@link Throwable#printStackTrace()} cuts what a
 * cause has in common with what it caused, and a search for a class then misses it.
 */
final class Stacks {
    private Stacks() {}

    static String whole(Throwable thrown, Redaction redaction) {
        StringBuilder text = new StringBuilder(2048);
        append(text, "", "", thrown, redaction, Collections.newSetFromMap(new IdentityHashMap<>()));
        return text.toString();
    }

    private static void append(
            StringBuilder text,
            String indent,
            String caption,
            Throwable thrown,
            Redaction redaction,
            Set<Throwable> seen) {
        text.append(indent).append(caption);
        if (!seen.add(thrown)) {
            text.append("[the same again: ").append(thrown.getClass().getName()).append("]\n");
            return;
        }
        // Messages alone: frames hold no secrets, and are most of the text.
        text.append(redaction.of(thrown.toString())).append('\n');
        for (StackTraceElement frame : thrown.getStackTrace()) {
            text.append(indent).append("\tat ").append(frame).append('\n');
        }
        for (Throwable suppressed : thrown.getSuppressed()) {
            append(text, indent + "\t", "Suppressed: ", suppressed, redaction, seen);
        }
        Throwable cause = thrown.getCause();
        if (cause != null) {
            append(text, indent, "Caused by: ", cause, redaction, seen);
        }
    }
}
