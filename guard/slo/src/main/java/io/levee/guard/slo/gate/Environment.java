package io.levee.guard.slo.gate;

import java.util.Locale;

/** Where a release runs when it comes to the gate. */
public enum Environment {
    /** Before anybody depends on it. */
    STAGING,
    /** Beside the stable release, for part of the traffic. */
    CANARY,
    /** For everybody. */
    PRODUCTION;

    /**
     * Reads a name in lower case.
     *
     * @param text staging, canary or production
     * @return the environment
     * @throws IllegalArgumentException for any other text
     */
    public static Environment parse(String text) {
        for (Environment each : values()) {
            if (each.toString().equals(text)) {
                return each;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no environment; write staging, canary or production");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
