package io.levee.lab.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One side of the comparison: an inventory of its own, an order service that asks it, and what became of the calls. */
final class Side implements AutoCloseable {
    /** Makes the client of a side; the inventory is given, for its address is not known before it has started. */
    @FunctionalInterface
    interface ClientFactory {
        StockClient create(Inventory inventory);
    }

    private final String name;
    private final Timeline attempts;
    private final Inventory inventory;
    private final StockClient client;
    private final OrderService orders;
    private final CallLog log;

    private Side(
            String name, Timeline attempts, Inventory inventory, StockClient client, OrderService orders, CallLog log) {
        this.name = name;
        this.attempts = attempts;
        this.inventory = inventory;
        this.client = client;
        this.orders = orders;
        this.log = log;
    }

    /**
     * Starts inventory and order service.
     *
     * @throws IOException if one of them can't listen; the other is closed again then
     */
    static Side start(String name, Stage stage, long[] arrivals, long watchNanos, long seed, ClientFactory factory)
            throws IOException {
        Timeline attempts = new Timeline(watchNanos);
        Inventory inventory = Inventory.start(stage, attempts, seed);
        StockClient client = factory.create(inventory);
        try {
            OrderService orders = OrderService.start(client);
            return new Side(name, attempts, inventory, client, orders, new CallLog(arrivals, watchNanos));
        } catch (IOException refused) {
            client.close();
            inventory.close();
            throw refused;
        }
    }

    LoadGenerator.Target target() {
        return LoadGenerator.Target.of(orders, log);
    }

    CallLog log() {
        return log;
    }

    int queueLength() {
        return inventory.queueLength();
    }

    Frame.Side frame(long elapsedNanos) {
        long second = 1_000_000_000L;
        return new Frame.Side(
                name,
                attempts.recentRates(elapsedNanos, Frame.SPARK_COLUMNS, Frame.SPARK_BUCKETS),
                attempts.lastSecond(elapsedNanos),
                log.count(null, elapsedNanos - second, elapsedNanos),
                log.ended().lastSecond(elapsedNanos),
                log.succeeded().lastSecond(elapsedNanos),
                inventory.queueLength(),
                client.guard());
    }

    /** The figures, once every call has ended. */
    DemoReport.Run result(Script script, int queueAtEnd) {
        long end = script.lengthNanos();
        long[] latencies = log.sortedLatencies();
        List<DemoReport.PhaseResult> phases = new ArrayList<>();
        for (Script.Phase phase : script.phases()) {
            phases.add(new DemoReport.PhaseResult(
                    phase.label(),
                    log.count(null, phase.fromNanos(), phase.toNanos()),
                    log.count(CallLog.Ending.SUCCEEDED, phase.fromNanos(), phase.toNanos()),
                    log.count(CallLog.Ending.DEGRADED, phase.fromNanos(), phase.toNanos()),
                    attempts.between(phase.fromNanos(), phase.toNanos())));
        }
        return new DemoReport.Run(
                name,
                log.calls(),
                log.count(CallLog.Ending.SUCCEEDED),
                log.count(CallLog.Ending.DEGRADED),
                log.count(CallLog.Ending.FAILED),
                attempts.total(),
                Demo.rounded((double) attempts.total() / log.calls(), 3),
                attempts.peakPerSecond(),
                Demo.rounded(CallLog.percentile(latencies, 0.50) / 1e6, 1),
                Demo.rounded(CallLog.percentile(latencies, 0.99) / 1e6, 1),
                log.recoverySeconds(script.lastFaultEndNanos(), end),
                attempts.lastSecond(end),
                queueAtEnd,
                phases);
    }

    /** From the caller down to the called, so that nobody retries against a service that is gone. */
    @Override
    public void close() {
        orders.close();
        client.close();
        inventory.close();
    }
}
