package io.levee.grpc;

import java.util.concurrent.atomic.AtomicLong;

/** Retries that the channel was about to make by itself and was kept from. Thread-safe. */
final class ChannelRetries {
    private static final System.Logger LOG = System.getLogger("io.levee.grpc");

    private final AtomicLong stoodDown = new AtomicLong();

    /** One more. The first is worth a line in the log: the channel is set up in a way that nobody wants. */
    void standDown(String method, String levee) {
        if (stoodDown.getAndIncrement() == 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the channel under Levee ''{0}'' has a retry policy of its own for {1} and was kept from a second"
                            + " retry of the same call; build it with ManagedChannelBuilder.disableRetry(), or take"
                            + " retryPolicy out of its service config (said once)",
                    levee,
                    method);
        }
    }

    long stoodDown() {
        return stoodDown.get();
    }
}
