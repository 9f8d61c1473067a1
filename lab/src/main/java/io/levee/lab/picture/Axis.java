package io.levee.lab.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From values to pixels, linear or logarithmic, with marks at round numbers. */
final class Axis {
    private final double least;
    private final double most;
    private final double start;
    private final double end;
    private final boolean logarithmic;

    private Axis(double least, double most, double start, double end, boolean logarithmic) {
        this.least = least;
        this.most = most;
        this.start = start;
        this.end = end;
        this.logarithmic = logarithmic;
    }

    /** From 0 to a value, from one pixel to another. */
    static Axis linear(double most, double start, double end) {
        return new Axis(0, most > 0 ? most : 1, start, end, false);
    }

    static Axis logarithmic(double least, double most, double start, double end) {
        return new Axis(least, Math.max(most, least * 10), start, end, true);
    }

    /** The pixel of a value; what lies outside is drawn at the border. */
    double at(double value) {
        if (Double.isNaN(value)) {
            return Double.NaN;
        }
        double inside = Math.min(most, Math.max(least, value));
        double share = logarithmic
                ? (Math.log(inside) - Math.log(least)) / (Math.log(most) - Math.log(least))
                : (inside - least) / (most - least);
        return start + share * (end - start);
    }

    double[] at(double[] values) {
        double[] pixels = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            pixels[i] = at(values[i]);
        }
        return pixels;
    }

    /** Round values to mark, some few of them. */
    List<Double> marks(int about) {
        List<Double> marks = new ArrayList<>();
        if (logarithmic) {
            double factor = Math.log10(most / least) > about + 1.5 ? 100 : 10;
            for (double mark = Math.pow(10, Math.ceil(Math.log10(least) - 1e-9));
                    mark <= most * 1.001;
                    mark *= factor) {
                marks.add(mark);
            }
            return marks;
        }
        double step = step(most / about);
        for (int i = 0; i * step <= most * 1.0001; i++) {
            marks.add(i * step);
        }
        return marks;
    }

    /** 1, 2 or 5 times a power of ten, the largest that is not larger. */
    private static double step(double most) {
        double power = Math.pow(10, Math.floor(Math.log10(most)));
        for (double factor : new double[] {5, 2}) {
            if (factor * power <= most * 1.0001) {
                return factor * power;
            }
        }
        return power;
    }

    /** Round steps of time: seconds, or whole minutes where it takes long. */
    static double timeStep(double seconds, int about) {
        for (double step : new double[] {1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600}) {
            if (seconds / step <= about) {
                return step;
            }
        }
        return 7200;
    }

    /** 0, 500, 1k, 2.5k, 1M. */
    static String count(double value) {
        if (value >= 1e6) {
            return trimmed(value / 1e6) + "M";
        }
        return value >= 1e3 ? trimmed(value / 1e3) + "k" : trimmed(value);
    }

    /** 5 ms, 1 s. */
    static String millis(double value) {
        return value >= 1_000 ? trimmed(value / 1_000) + " s" : trimmed(value) + " ms";
    }

    static String seconds(double value) {
        return value >= 60 && value % 60 == 0 ? trimmed(value / 60) + " min" : trimmed(value) + " s";
    }

    private static String trimmed(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
