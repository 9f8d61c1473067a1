package io.levee.story;

import io.levee.grpc.LeveeServerInterceptor;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** The process that holds the stock. With {@code broken=true} it is release 2026.11.3. */
final class Inventory implements Role {
    private final Tracing tracing;
    private final GrpcService server;
    private final LongAdder requests = new LongAdder();

    Inventory(Options options) throws IOException {
        tracing = options.tracing();
        boolean broken = options.isOn("broken");
        server = new GrpcService(
                Methods.RESERVE,
                message -> {
                    requests.increment();
                    return Reservation.read(message, broken).sku().getBytes(java.nio.charset.StandardCharsets.UTF_8);
                },
                List.of(LeveeServerInterceptor.standard(), new TracedCalls(tracing)));
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public String counts() {
        return Long.toString(requests.sum());
    }

    @Override
    public void close() {
        server.close();
        tracing.close();
    }
}
