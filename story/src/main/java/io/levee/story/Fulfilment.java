package io.levee.story;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.levee.Levee;
import io.levee.grpc.LeveeClientInterceptor;
import io.levee.grpc.LeveeServerInterceptor;
import io.levee.opentelemetry.LeveeOpenTelemetry;
import io.levee.traffic.TrafficWeights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The process that has an order packed: it asks inventory, part of whose traffic goes to a new release ({@code canary 10} on
 * standard input sends it 10 %). With {@code naive=true} it tries three times whatever it was that failed.
 */
final class Fulfilment implements Role {
    private static final String STABLE = "stable";
    private static final String CANARY = "canary";
    private static final int WHOLE = 100;

    private final Tracing tracing;
    private final @Nullable Levee levee;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final Map<String, Channel> targets;
    private final TrafficWeights weights = TrafficWeights.of(STABLE, WHOLE, CANARY, 0);
    private final GrpcService server;

    Fulfilment(Options options) throws IOException {
        tracing = options.tracing();
        boolean naive = options.isOn("naive");
        levee = naive
                ? null
                : Levee.named("to-inventory")
                        .telemetry(LeveeOpenTelemetry.of(tracing.sdk()))
                        .build();
        targets = Map.of(STABLE, channel(options.number("inventory")), CANARY, channel(options.number("newInventory")));
        List<ServerInterceptor> interceptors = naive
                ? List.of(new TracedCalls(tracing))
                : List.of(LeveeServerInterceptor.standard(), new TracedCalls(tracing));
        server = new GrpcService(Methods.FULFIL, this::fulfil, interceptors);
    }

    private Channel channel(int port) {
        NettyChannelBuilder builder =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().disableRetry();
        Levee guarding = levee;
        builder.intercept(guarding == null ? new NaiveCalls(tracing) : LeveeClientInterceptor.of(guarding));
        ManagedChannel channel = builder.build();
        channels.add(channel);
        return channel;
    }

    private byte[] fulfil(byte[] request) throws Exception {
        Channel target = targets.get(weights.choose());
        if (target == null) {
            throw new IllegalStateException("no such inventory");
        }
        return levee == null ? Naive.threeTimes(() -> call(target, request)) : call(target, request);
    }

    private static byte[] call(Channel target, byte[] request) {
        return ClientCalls.blockingUnaryCall(target, Methods.RESERVE, CallOptions.DEFAULT, request);
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public void told(String word) {
        int share = Integer.parseInt(word.replace("canary ", ""));
        weights.set(Map.of(STABLE, WHOLE - share, CANARY, share));
    }

    @Override
    public void close() {
        server.close();
        channels.forEach(ManagedChannel::shutdownNow);
        if (levee != null) {
            levee.close();
        }
        tracing.close();
    }
}
