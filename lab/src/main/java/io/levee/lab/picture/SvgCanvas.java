package io.levee.lab.picture;

import java.util.Locale;

/** Draws as SVG whose colours are those of the page round it. */
final class SvgCanvas implements Canvas {
    private final StringBuilder svg = new StringBuilder();

    String elements() {
        return svg.toString();
    }

    /** A number with a tenth of a pixel, without a useless zero. */
    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    /** A text in which nothing is markup. */
    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static String colour(Ink ink) {
        return "var(" + ink.css() + ")";
    }

    @Override
    public void rectangle(double x, double y, double width, double height, Ink ink, double opacity) {
        svg.append("<rect x=\"")
                .append(number(x))
                .append("\" y=\"")
                .append(number(y))
                .append("\" width=\"")
                .append(number(width))
                .append("\" height=\"")
                .append(number(height))
                .append("\" fill=\"")
                .append(colour(ink))
                .append(opacity < 1 ? "\" fill-opacity=\"" + opacity : "")
                .append("\"/>\n");
    }

    @Override
    public void line(double[] xs, double[] ys, Stroke stroke) {
        StringBuilder path = new StringBuilder();
        boolean drawing = false;
        for (int i = 0; i < xs.length; i++) {
            if (Double.isNaN(ys[i])) {
                drawing = false;
                continue;
            }
            path.append(drawing ? 'L' : 'M').append(number(xs[i])).append(' ').append(number(ys[i]));
            drawing = true;
        }
        if (path.length() > 0) {
            svg.append("<path fill=\"none\" stroke=\"")
                    .append(colour(stroke.ink()))
                    .append("\" stroke-width=\"")
                    .append(number(stroke.width()))
                    .append(stroke.dashed() ? "\" stroke-dasharray=\"4 3" : "")
                    .append("\" d=\"")
                    .append(path)
                    .append("\"/>\n");
        }
    }

    @Override
    public void area(double[] xs, double[] tops, double[] bottoms, Ink ink, double opacity) {
        if (xs.length == 0) {
            return;
        }
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < xs.length; i++) {
            path.append(i == 0 ? 'M' : 'L').append(number(xs[i])).append(' ').append(number(tops[i]));
        }
        for (int i = xs.length - 1; i >= 0; i--) {
            path.append('L').append(number(xs[i])).append(' ').append(number(bottoms[i]));
        }
        svg.append("<path fill=\"")
                .append(colour(ink))
                .append("\" fill-opacity=\"")
                .append(opacity)
                .append("\" d=\"")
                .append(path)
                .append("Z\"/>\n");
    }

    @Override
    public void text(double x, double y, String text, Ink ink, Lettering type, Anchor anchor) {
        svg.append("<text x=\"")
                .append(number(x))
                .append("\" y=\"")
                .append(number(y))
                .append("\" font-size=\"")
                .append(number(type.size()))
                .append(type.bold() ? "\" font-weight=\"600" : "")
                .append(
                        anchor == Anchor.START
                                ? ""
                                : "\" text-anchor=\"" + anchor.name().toLowerCase(Locale.ROOT))
                .append("\" fill=\"")
                .append(colour(ink))
                .append("\">")
                .append(escaped(text))
                .append("</text>\n");
    }

    @Override
    public void begin(String kind, String label) {
        svg.append("<g class=\"")
                .append(kind)
                .append("\" data-label=\"")
                .append(escaped(label))
                .append("\">\n");
    }

    @Override
    public void end() {
        svg.append("</g>\n");
    }
}
