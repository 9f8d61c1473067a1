package io.levee.lab.picture;

/** What a picture is drawn on. Units are pixels, y grows downwards. */
interface Canvas {
    /** Where a text stands about its point. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /** A text's size and weight. */
    record Lettering(double size, boolean bold) {}

    /** How a line is drawn. */
    record Stroke(Ink ink, double width, boolean dashed) {}

    void rectangle(double x, double y, double width, double height, Ink ink, double opacity);

    /** A line through some points; a point that is not a number interrupts it. */
    void line(double[] xs, double[] ys, Stroke stroke);

    /** What lies between two lines. */
    void area(double[] xs, double[] tops, double[] bottoms, Ink ink, double opacity);

    void text(double x, double y, String text, Ink ink, Lettering type, Anchor anchor);

    /** Begins a part that a reader may point at; ended by {@link #end}. */
    default void begin(String kind, String label) {}

    default void end() {}
}
