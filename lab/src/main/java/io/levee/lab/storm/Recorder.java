package io.levee.lab.storm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Takes down what happens in a run, second by second, and makes the figures of it. */
final class Recorder {
    private static final long SECOND = 1_000_000_000L;
    /** From so many per cent of a second's calls on, the service counts as recovered. */
    private static final double RECOVERED = 0.99;

    private static final double HERD_DONE = 0.99;
    private static final int AFTER_SECONDS = 60;

    private final Scenario scenario;
    private final int[] calls;
    private final int[] attempts;
    private final int[] firstAttempts;
    private final int[] succeeded;
    private final int[] goodput;
    private final @Nullable Histogram[] times;
    private final Histogram latencies = new Histogram();
    private final long fromNanos;
    private final long toNanos;
    private long workNanos;
    private long wastedNanos;

    // A herd's.
    private int clientsDone;
    private long clientsDoneAtNanos = -1;

    Recorder(Scenario scenario) {
        this.scenario = scenario;
        int seconds = (int) ((scenario.length().toNanos() + SECOND - 1) / SECOND);
        calls = new int[seconds];
        attempts = new int[seconds];
        firstAttempts = new int[seconds];
        succeeded = new int[seconds];
        goodput = new int[seconds];
        times = new Histogram[seconds];
        fromNanos = EventLoop.START_NANOS + scenario.from().toNanos();
        toNanos = EventLoop.START_NANOS + scenario.to().toNanos();
    }

    private int second(long nanos) {
        return (int) Math.min(calls.length - 1L, (nanos - EventLoop.START_NANOS) / SECOND);
    }

    void arrived(long nowNanos) {
        calls[second(nowNanos)]++;
    }

    /** A client of a herd makes its very first attempt, which no policy can help. */
    void firstOfHerd(long nowNanos) {
        firstAttempts[second(nowNanos)]++;
    }

    void sent(long nowNanos) {
        attempts[second(nowNanos)]++;
    }

    void worked(long nanos, boolean wasted, long nowNanos) {
        if (isMeasured(nowNanos)) {
            workNanos += nanos;
            if (wasted) {
                wastedNanos += nanos;
            }
        }
    }

    private boolean isMeasured(long nanos) {
        return nanos >= fromNanos && nanos < toNanos;
    }

    void ended(long arrivedNanos, boolean success, long nowNanos) {
        long took = nowNanos - arrivedNanos;
        if (!success || took > scenario.deadline().toNanos()) {
            return;
        }
        int arrivedIn = second(arrivedNanos);
        succeeded[arrivedIn]++;
        goodput[second(nowNanos)]++;
        Histogram histogram = times[arrivedIn];
        if (histogram == null) {
            histogram = new Histogram();
            times[arrivedIn] = histogram;
        }
        histogram.add(took);
        if (scenario.latencyOver() == Scenario.LatencyOver.RUN || isMeasured(arrivedNanos)) {
            latencies.add(took);
        }
    }

    void clientDone(long nowNanos) {
        if (++clientsDone >= HERD_DONE * scenario.clients() && clientsDoneAtNanos < 0) {
            clientsDoneAtNanos = nowNanos;
        }
    }

    ClientResult result(String client) {
        int from = (int) (scenario.from().toNanos() / SECOND);
        int to = (int) Math.min(calls.length, (scenario.to().toNanos() + SECOND - 1) / SECOND);
        long measuredCalls = sum(calls, from, to);
        long measuredSucceeded = sum(succeeded, from, to);
        long measuredAttempts = sum(attempts, from, to);
        double peak = 0;
        for (int second = from; second < calls.length; second++) {
            if (calls[second] > 0) {
                peak = Math.max(peak, attempts[second] / (double) calls[second]);
            }
        }
        boolean herd = scenario.load() instanceof Load.Herd;
        Double done = herd && clientsDoneAtNanos >= 0
                ? (Double) ((clientsDoneAtNanos - EventLoop.START_NANOS) / (double) SECOND)
                : null;
        return new ClientResult(
                client,
                measuredCalls,
                measuredSucceeded,
                share(measuredSucceeded, measuredCalls),
                measuredAttempts,
                share(measuredAttempts, measuredCalls),
                peak,
                share(wastedNanos, workNanos),
                latencies.quantileMillis(0.5),
                latencies.quantileMillis(0.99),
                herd ? null : recovery(to),
                goodputAfter(to),
                herd ? sum(attempts, 0, attempts.length) / (double) scenario.clients() : Double.NaN,
                done,
                done == null ? null : peakToMean(done),
                series());
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : part / (double) whole;
    }

    private static long sum(int[] counts, int from, int to) {
        long sum = 0;
        for (int second = from; second < Math.min(to, counts.length); second++) {
            sum += counts[second];
        }
        return sum;
    }

    private @Nullable Integer recovery(int to) {
        // Calls that arrive so late have no time to end within the run.
        int last = calls.length - 1 - (int) ((scenario.deadline().toNanos() + SECOND - 1) / SECOND);
        int first = last + 1;
        while (first > to && succeeded[first - 1] >= RECOVERED * calls[first - 1]) {
            first--;
        }
        return first > last ? null : (Integer) (first - to);
    }

    private double goodputAfter(int to) {
        int end = Math.min(calls.length, to + AFTER_SECONDS);
        return end <= to ? Double.NaN : sum(goodput, to, end) / (double) (end - to);
    }

    private double peakToMean(double doneSeconds) {
        int end = Math.min(attempts.length, (int) Math.ceil(doneSeconds));
        long most = 0;
        long all = 0;
        for (int second = 0; second < end; second++) {
            long retries = attempts[second] - (long) firstAttempts[second];
            most = Math.max(most, retries);
            all += retries;
        }
        return all == 0 ? 0 : most / (all / doneSeconds);
    }

    private Series series() {
        double[] p50 = new double[calls.length];
        double[] p99 = new double[calls.length];
        Arrays.setAll(p50, second -> quantile(second, 0.5));
        Arrays.setAll(p99, second -> quantile(second, 0.99));
        return new Series(calls, attempts, succeeded, goodput, p50, p99);
    }

    private double quantile(int second, double q) {
        Histogram histogram = times[second];
        return histogram == null ? Double.NaN : histogram.quantileMillis(q);
    }
}
