package io.levee.story;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One act: the processes of the four services, two releases of inventory among them, and the customers. Its services have
 * names of their own, so that the guard counts the acts apart.
 */
final class Act implements AutoCloseable {
    /** The release that breaks the contract. */
    static final String RELEASE = "2026.11.3";

    private final List<Child> children = new ArrayList<>();
    private final Child oldInventory;
    private final Child newInventory;
    private final Child fulfilment;
    private final Shop shop;

    /**
     * What came of it.
     *
     * @param orders that customers sent
     * @param failed of them
     * @param reservations that inventory was asked for
     */
    record Outcome(long orders, long failed, long reservations) {
        double reservationsPerOrder() {
            return orders == 0 ? 0 : (double) reservations / orders;
        }
    }

    Act(Path log, URI collector, boolean naive) throws IOException {
        String suffix = naive ? "-before" : "";
        String to = "collector=" + collector;
        String how = "naive=" + naive;
        String old = "release=" + History.RELEASE;
        try {
            oldInventory = start(log, "inventory", to, "service=inventory" + suffix, old, "side=stable");
            newInventory = start(
                    log,
                    "inventory",
                    to,
                    "service=inventory" + suffix,
                    "release=" + RELEASE,
                    "side=" + (naive ? "stable" : "canary"),
                    "broken=true");
            Child payment = start(log, "payment", to, "service=payment" + suffix, old);
            fulfilment = start(
                    log,
                    "fulfilment",
                    to,
                    "service=fulfilment" + suffix,
                    old,
                    how,
                    "inventory=" + oldInventory.port(),
                    "newInventory=" + newInventory.port());
            Child order = start(
                    log,
                    "order",
                    to,
                    "service=order" + suffix,
                    old,
                    how,
                    "fulfilment=" + fulfilment.port(),
                    "payment=" + payment.port());
            shop = new Shop(collector, order.port(), naive);
        } catch (IOException | RuntimeException e) {
            endChildren();
            throw e;
        }
    }

    private Child start(Path log, String role, String... options) throws IOException {
        Child child = Child.start(log, role, options);
        children.add(child);
        return child;
    }

    void open() throws InterruptedException {
        shop.warmUp();
        shop.open();
    }

    /** Sends so much of fulfilment's traffic to the new release. */
    void share(int percent) {
        fulfilment.tell("canary " + percent);
    }

    long failed() {
        return shop.bad();
    }

    Outcome end() {
        shop.close();
        return new Outcome(shop.good() + shop.bad(), shop.bad(), oldInventory.count() + newInventory.count());
    }

    private void endChildren() {
        // The shop is closed, so nobody calls anybody any more: they may all end at the same time.
        children.forEach(Child::end);
        children.forEach(Child::close);
    }

    @Override
    public void close() {
        shop.close();
        endChildren();
    }
}
