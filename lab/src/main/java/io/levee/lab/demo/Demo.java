package io.levee.lab.demo;

import io.levee.TimeSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The demo. It starts, on loopback and over HTTP, for each side an order service and an inventory service, lets both
 * inventories fail in the same way at the same time (47 % errors, then down, then slow), and sends the same
 * {@value #CALLS_PER_SECOND} orders a second to both sides: one order service asks inventory through a naive retry loop on
 * the JDK's client, the other through Levee's.
 *
 * <p>The load is an open loop (Poisson arrivals, fixed beforehand), and time is measured from the intended arrival. The
 * sizes are such that two cores are idle most of the time, so that the two sides do not get in each other's way.
 */
public final class Demo {
    /** Orders a second on each side: three quarters of what a healthy inventory can do. */
    static final int CALLS_PER_SECOND = 75;

    private static final long SECOND = 1_000_000_000L;
    /** Classes load and code is compiled before the clock starts. */
    private static final long WARM_UP_NANOS = SECOND;

    private static final long FRAME_NANOS = SECOND / 8;
    /** Longer than the longest call of either side; what has not ended then counts as failed. */
    private static final long DRAIN_NANOS = 3_500_000_000L;

    private final DemoOptions options;
    private final Stage stage;
    private final long[] arrivals;

    private Demo(DemoOptions options, TimeSource time) {
        this.options = options;
        long measured = options.seconds() * SECOND - WARM_UP_NANOS;
        stage = new Stage(time, Script.lasting(measured));
        arrivals = Arrivals.poisson(CALLS_PER_SECOND, measured, options.seed());
    }

    /**
     * Runs the demo; returns when it has ended and everything that it started is closed.
     *
     * @param options how long, and with which seed
     * @param view shows the run meanwhile; closed at the end
     * @return what was measured
     * @throws IOException if a service can't listen on loopback; the message tells a user what to look at
     * @throws InterruptedException if the thread is interrupted; everything is closed then, too
     */
    public static DemoReport run(DemoOptions options, ProgressView view) throws IOException, InterruptedException {
        try (view) {
            return new Demo(options, TimeSource.system()).run(view);
        }
    }

    private DemoReport run(ProgressView view) throws IOException, InterruptedException {
        long watched = stage.script().lengthNanos() + DRAIN_NANOS;
        long seed = options.seed();
        // Equal seeds: errors and service times come from the same sequence on both sides.
        try (Side naive = Side.start("naive", stage, arrivals, watched, seed, this::naive);
                Side levee = Side.start("levee", stage, arrivals, watched, seed, this::levee);
                LoadGenerator load = LoadGenerator.of(stage, arrivals, List.of(naive.target(), levee.target()))) {
            return play(List.of(naive, levee), load, view);
        }
    }

    private StockClient naive(Inventory inventory) {
        return new NaiveStockClient(inventory::stockUri, stage);
    }

    private StockClient levee(Inventory inventory) {
        return new LeveeStockClient(inventory::stockUri);
    }

    private DemoReport play(List<Side> sides, LoadGenerator load, ProgressView view) throws InterruptedException {
        TimeSource time = stage.time();
        view.show(frame(-1, sides));
        load.warmUp(time.nanoTime() + WARM_UP_NANOS);

        long start = time.nanoTime();
        stage.start(start);
        ExecutorService sender = Executors.newSingleThreadExecutor(Threads.named("sender"));
        try {
            Future<?> sending = sender.submit(() -> {
                load.run(start);
                return null;
            });
            watch(start, start + stage.script().lengthNanos(), sides, view, false);
            finish(sending);
            int[] queues = sides.stream().mapToInt(Side::queueLength).toArray();
            watch(start, start + stage.script().lengthNanos() + DRAIN_NANOS, sides, view, true);
            long elapsed = stage.elapsed(time.nanoTime());
            view.show(frame(elapsed, sides));
            sides.forEach(side -> side.log().closeOpenCalls(elapsed));
            return report(sides, queues, load);
        } finally {
            Threads.end(sender);
        }
    }

    /** Shows frames until an instant, or until every call has ended. */
    private void watch(long start, long untilNanos, List<Side> sides, ProgressView view, boolean orAllEnded)
            throws InterruptedException {
        TimeSource time = stage.time();
        for (long now = time.nanoTime(); now < untilNanos; now = time.nanoTime()) {
            if (orAllEnded && sides.stream().allMatch(side -> side.log().isComplete())) {
                return;
            }
            view.show(frame(now - start, sides));
            stage.sleepUntil(Math.min(untilNanos, now + FRAME_NANOS));
        }
    }

    private static void finish(Future<?> sending) throws InterruptedException {
        try {
            sending.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the load generator failed", failed.getCause());
        }
    }

    private Frame frame(long elapsedNanos, List<Side> sides) {
        // After the last arrival the rates stay those of the load's last second: less and less is no news then.
        long ratesAt = Math.min(elapsedNanos, stage.script().lengthNanos());
        List<Frame.Side> frames = new ArrayList<>();
        for (Side side : sides) {
            frames.add(side.frame(ratesAt));
        }
        return new Frame(elapsedNanos, stage.script(), frames);
    }

    private DemoReport report(List<Side> sides, int[] queuesAtEnd, LoadGenerator load) {
        Script script = stage.script();
        List<DemoReport.Run> runs = new ArrayList<>();
        for (int i = 0; i < sides.size(); i++) {
            runs.add(sides.get(i).result(script, queuesAtEnd[i]));
        }
        List<DemoReport.Phase> phases = new ArrayList<>();
        for (Script.Phase phase : script.phases()) {
            phases.add(new DemoReport.Phase(
                    phase.label(), rounded(phase.fromNanos() / 1e9, 3), rounded(phase.toNanos() / 1e9, 3)));
        }
        return new DemoReport(
                runs,
                options.seconds(),
                options.seed(),
                rounded(script.lengthNanos() / 1e9, 3),
                Inventory.CAPACITY_PER_SECOND,
                rounded((script.lengthNanos() - script.lastFaultEndNanos()) / 1e9, 3),
                rounded(load.lateP99Nanos() / 1e6, 3),
                phases);
    }

    /** As many digits as a report needs. */
    static double rounded(double value, int digits) {
        double unit = Math.pow(10, digits);
        return Math.round(value * unit) / unit;
    }
}
