package io.levee.lab.picture;

import java.util.Locale;

/** What is drawn in which colour, on light and on dark ground. Told apart by people who see no red and green as well. */
enum Ink {
    GROUND("#ffffff", "#0f1419"),
    PANEL("#f6f8fa", "#171d24"),
    OURS("#eaf3fb", "#14263a"),
    GRID("#dde3ea", "#2a323c"),
    TEXT("#1b242d", "#e6edf3"),
    MUTED("#5d6b79", "#93a1b0"),
    FAULT("#e8a33d", "#d69a3f"),
    CALLS("#8794a1", "#7d8a98"),
    RETRIES("#d1495b", "#f0717f"),
    GOODPUT("#1f7a5c", "#3fbf93"),
    MEDIAN("#2f6fb0", "#63a4e8"),
    SLOWEST("#7b4fa3", "#b58ae0");

    final String light;
    final String dark;

    Ink(String light, String dark) {
        this.light = light;
        this.dark = dark;
    }

    /** The name of the colour in a style sheet. */
    String css() {
        return "--" + name().toLowerCase(Locale.ROOT);
    }
}
