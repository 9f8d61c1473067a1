package io.levee.guard.slo;

import io.levee.yaml.read.Shown;

/** Users' texts as people read them. */
final class Text {
    private Text() {}

    /** A user's text on one line. */
    static String shown(String text) {
        return Shown.plain(text);
    }
}
