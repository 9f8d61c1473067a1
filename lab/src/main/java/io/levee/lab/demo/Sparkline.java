package io.levee.lab.demo;

/** Numbers as a row of bars. */
enum Sparkline {
    /** Eight heights of block characters. */
    BLOCKS(" ▁▂▃▄▅▆▇█", '█', '░'),
    /** For terminals whose encoding knows no blocks. */
    ASCII(" .:-=+*#@", '#', '.');

    private final String heights;
    private final char full;
    private final char empty;

    Sparkline(String heights, char full, char empty) {
        this.heights = heights;
        this.full = full;
        this.empty = empty;
    }

    /**
     * One character for each value: blank for 0, the lowest bar for anything above, the full bar for the scale's end and
     * beyond.
     */
    String of(double[] values, double scale) {
        StringBuilder line = new StringBuilder(values.length);
        int highest = heights.length() - 1;
        for (double value : values) {
            int height = value <= 0 || scale <= 0 ? 0 : (int) Math.ceil(value / scale * highest);
            line.append(heights.charAt(Math.min(height, highest)));
        }
        return line.toString();
    }

    /** A bar that is filled to a share, 0 to 1. */
    String bar(double share, int columns) {
        int filled = (int) Math.round(Math.max(0, Math.min(1, share)) * columns);
        return String.valueOf(full).repeat(filled) + String.valueOf(empty).repeat(columns - filled);
    }
}
