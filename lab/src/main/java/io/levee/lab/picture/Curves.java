package io.levee.lab.picture;

import io.levee.lab.storm.ClientResult;
import io.levee.lab.storm.Series;

/**
 * One client's curves, thinned to what a panel can show: counts as the mean of some seconds, the slowest as their
 * slowest, so that no peak of latency is lost.
 */
@SuppressWarnings("ArrayRecordComponent") // figures for one drawing: nobody compares or keeps them
record Curves(double[] seconds, double[] calls, double[] attempts, double[] goodput, double[] p50, double[] p99) {
    static Curves of(ClientResult client, int mostPoints) {
        Series series = client.series();
        int length = series.calls().length;
        int each = Math.max(1, (length + mostPoints - 1) / mostPoints);
        int points = (length + each - 1) / each;
        Curves curves = new Curves(
                new double[points],
                new double[points],
                new double[points],
                new double[points],
                new double[points],
                new double[points]);
        for (int i = 0; i < points; i++) {
            int from = i * each;
            int to = Math.min(length, from + each);
            curves.seconds[i] = (from + to) / 2.0;
            curves.calls[i] = mean(series.calls(), from, to);
            curves.attempts[i] = mean(series.attempts(), from, to);
            curves.goodput[i] = mean(series.goodput(), from, to);
            curves.p50[i] = largest(series.p50Ms(), from, to);
            curves.p99[i] = largest(series.p99Ms(), from, to);
        }
        return curves;
    }

    private static double mean(int[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i];
        }
        return sum / (to - from);
    }

    /** Not a number only if all are. */
    private static double largest(double[] values, int from, int to) {
        double largest = Double.NaN;
        for (int i = from; i < to; i++) {
            if (Double.isNaN(largest) || values[i] > largest) {
                largest = values[i];
            }
        }
        return largest;
    }

    static double most(double[] values) {
        double most = 0;
        for (double value : values) {
            most = value > most ? value : most;
        }
        return most;
    }
}
