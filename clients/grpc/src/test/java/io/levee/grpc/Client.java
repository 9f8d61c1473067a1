package io.levee.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/** The client's side of a test: channels that are closed at the end, and a listener that notes what it hears. */
final class Client implements AutoCloseable {
    private final ManagedChannel channel;

    Client(int port) {
        this(port, NettyChannelBuilder::disableRetry);
    }

    Client(int port, UnaryOperator<NettyChannelBuilder> settings) {
        channel = settings.apply(
                        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext())
                .build();
    }

    ManagedChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            if (!channel.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the channel did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends messages, asks for everything and waits for the end. */
    static Heard call(
            Channel channel, MethodDescriptor<String, String> method, CallOptions options, String... messages) {
        return start(channel, method, options, messages).await();
    }

    static Heard start(
            Channel channel, MethodDescriptor<String, String> method, CallOptions options, String... messages) {
        ClientCall<String, String> call = channel.newCall(method, options);
        Heard heard = new Heard(call);
        call.start(heard, new Metadata());
        call.request(Integer.MAX_VALUE);
        for (String message : messages) {
            call.sendMessage(message);
        }
        call.halfClose();
        return heard;
    }

    /** What the application's listener heard, in order; notes when two callbacks meet. */
    static class Heard extends ClientCall.Listener<String> {
        final ClientCall<String, String> call;
        final List<String> events = new CopyOnWriteArrayList<>();
        final List<String> messages = new CopyOnWriteArrayList<>();
        final AtomicBoolean concurrent = new AtomicBoolean();
        volatile Status status;
        volatile Metadata trailers;
        private final AtomicBoolean busy = new AtomicBoolean();
        private final CountDownLatch closed = new CountDownLatch(1);

        Heard(ClientCall<String, String> call) {
            this.call = call;
        }

        private void note(String event) {
            if (!busy.compareAndSet(false, true)) {
                concurrent.set(true);
            }
            events.add(event);
            Thread.yield();
            busy.set(false);
        }

        @Override
        public void onHeaders(Metadata headers) {
            note("headers");
        }

        @Override
        public void onMessage(String message) {
            messages.add(message);
            note("message");
        }

        @Override
        public void onReady() {
            note("ready");
        }

        @Override
        public void onClose(Status ended, Metadata trailing) {
            status = ended;
            trailers = trailing;
            note("close");
            closed.countDown();
        }

        boolean isClosed() {
            return closed.getCount() == 0;
        }

        Heard await() {
            try {
                if (!closed.await(30, TimeUnit.SECONDS)) {
                    throw new AssertionError("no onClose within 30 s; heard " + events);
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return this;
        }
    }
}
