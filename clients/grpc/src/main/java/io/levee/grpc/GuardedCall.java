package io.levee.grpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.levee.grpc.Translation.Ending;
import org.jspecify.annotations.Nullable;

/** The application's side of a call: takes down what it does, and passes it on to the attempt that runs. */
final class GuardedCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {
    private final Exchange<ReqT, RespT> exchange;

    GuardedCall(Settings settings, MethodDescriptor<ReqT, RespT> method, CallOptions callOptions, Channel next) {
        exchange = new Exchange<>(settings, method, callOptions, next);
    }

    @Override
    public void start(Listener<RespT> responseListener, Metadata requestHeaders) {
        exchange.locked(() -> {
            if (exchange.listener != null) {
                throw new IllegalStateException("already started");
            }
            if (exchange.cancelled) {
                throw new IllegalStateException("call was cancelled");
            }
            exchange.listener = responseListener;
            exchange.headers = requestHeaders;
        });
        exchange.watchContext();
        Attempts.begin(exchange);
    }

    @Override
    public void request(int numMessages) {
        if (numMessages < 0) {
            throw new IllegalArgumentException("numMessages must be 0 or more, is " + numMessages);
        }
        pump(exchange.locked(() -> {
            mustBeStarted();
            long sum = exchange.requested + numMessages;
            exchange.requested = sum < 0 ? Long.MAX_VALUE : sum;
            return exchange.current;
        }));
    }

    @Override
    public void sendMessage(ReqT message) {
        long bytes = Replay.sizeOf(exchange.method, message);
        pump(exchange.locked(() -> {
            mustBeOpenForRequests();
            if (exchange.ending == null) {
                exchange.replay.add(message, exchange.compressed, bytes);
            }
            return exchange.current;
        }));
    }

    @Override
    public void halfClose() {
        pump(exchange.locked(() -> {
            mustBeOpenForRequests();
            exchange.halfClosed = true;
            return exchange.current;
        }));
    }

    private static void pump(@Nullable AttemptCall<?, ?> attempt) {
        if (attempt != null) {
            attempt.pump();
        }
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        exchange.locked(() -> {
            mustBeStarted();
            exchange.compressed = enabled;
        });
    }

    @Override
    public boolean isReady() {
        AttemptCall<ReqT, RespT> attempt = exchange.locked(() -> {
            AttemptCall<ReqT, RespT> running = exchange.current;
            return running != null && exchange.ending == null && running.isCaughtUpOrOwesOnReady() ? running : null;
        });
        return attempt != null && attempt.delegate().isReady();
    }

    @Override
    public Attributes getAttributes() {
        AttemptCall<ReqT, RespT> attempt = exchange.locked(() -> exchange.current);
        return attempt == null ? Attributes.EMPTY : attempt.delegate().getAttributes();
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        Status status = Status.CANCELLED;
        if (message != null || cause != null) {
            status = status.withDescription(message).withCause(cause);
        } else {
            status = status.withDescription("Call cancelled without message");
        }
        exchange.locked(() -> {
            exchange.cancelled = true;
        });
        exchange.end(Ending.of(status));
    }

    private void mustBeStarted() {
        if (exchange.listener == null) {
            throw new IllegalStateException("not started");
        }
    }

    private void mustBeOpenForRequests() {
        mustBeStarted();
        if (exchange.cancelled) {
            throw new IllegalStateException("call was cancelled");
        }
        if (exchange.halfClosed) {
            throw new IllegalStateException("call was half-closed");
        }
    }
}
