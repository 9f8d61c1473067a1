package io.levee.story;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.levee.Levee;
import io.levee.grpc.LeveeClientInterceptor;
import io.levee.http.LeveeHttpClient;
import io.levee.opentelemetry.LeveeOpenTelemetry;
import io.levee.server.ScopeHandler;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The process that customers' orders come to: fulfilment first, then payment. */
final class Order implements Role {
    static final String PATH = "/orders";
    private static final int CREATED = 201;
    private static final int BAD_GATEWAY = 502;

    private final Tracing tracing;
    private final boolean naive;
    private final @Nullable Levee toFulfilment;
    private final @Nullable Levee toPayment;
    private final ManagedChannel fulfilment;
    private final HttpClient payment;
    private final URI charges;
    private final HttpService server;

    Order(Options options) throws IOException {
        tracing = options.tracing();
        naive = options.isOn("naive");
        toFulfilment = naive ? null : levee("to-fulfilment");
        toPayment = naive ? null : levee("to-payment");
        fulfilment = NettyChannelBuilder.forAddress("127.0.0.1", options.number("fulfilment"))
                .usePlaintext()
                .disableRetry()
                .intercept(toFulfilment == null ? new NaiveCalls(tracing) : LeveeClientInterceptor.of(toFulfilment))
                .build();
        HttpClient plain =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        payment = toPayment == null ? plain : LeveeHttpClient.wrap(plain, toPayment);
        charges = URI.create("http://127.0.0.1:" + options.number("payment") + "/charges");
        server = new HttpService(PATH, tracing, naive ? UnaryOperator.identity() : ScopeHandler::wrap, this::order);
    }

    private Levee levee(String name) {
        return Levee.named(name).telemetry(LeveeOpenTelemetry.of(tracing.sdk())).build();
    }

    /** The body is the article, and behind a semicolon the warehouse, if the customer chose one. */
    private HttpService.Reply order(String body) throws Exception {
        String[] parts = body.split(";", 2);
        byte[] reservation = new Reservation(parts[0], 1, parts.length > 1 ? parts[1] : null).bytes();
        try {
            if (naive) {
                Naive.threeTimes(() -> fulfil(reservation));
            } else {
                fulfil(reservation);
            }
        } catch (StatusRuntimeException failed) {
            return new HttpService.Reply(BAD_GATEWAY, "fulfilment: " + failed.getStatus());
        }
        HttpRequest.Builder charge = HttpRequest.newBuilder(charges).POST(HttpRequest.BodyPublishers.ofString(body));
        if (naive) {
            tracing.inject(charge::header);
        }
        int status = payment.send(charge.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
        return status == CREATED
                ? new HttpService.Reply(CREATED, "")
                : new HttpService.Reply(BAD_GATEWAY, "payment: " + status);
    }

    private byte[] fulfil(byte[] reservation) {
        return ClientCalls.blockingUnaryCall(fulfilment, Methods.FULFIL, CallOptions.DEFAULT, reservation);
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
        fulfilment.shutdownNow();
        if (toFulfilment != null) {
            toFulfilment.close();
        }
        if (toPayment != null) {
            toPayment.close();
        }
        tracing.close();
    }
}
