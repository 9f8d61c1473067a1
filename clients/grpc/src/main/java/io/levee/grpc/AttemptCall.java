package io.levee.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.levee.Attempt;
import io.levee.grpc.Translation.Ending;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One attempt: gRPC's call below, and the listener on it. Hands on to it what the application has sent, and to the
 * application what it brings. Its mutable fields are guarded by the exchange's lock.
 */
final class AttemptCall<ReqT, RespT> extends ClientCall.Listener<RespT> {
    /** Whether the application may have got something of an attempt. */
    private enum Delivery {
        NOTHING_YET,
        /** It hears of this attempt and of no other. */
        COMMITTED,
        /** It never hears of this attempt. */
        ABANDONED
    }

    /** The engine's handle of the running attempt. */
    private final class Stage extends CompletableFuture<AttemptCall<ReqT, RespT>> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean done = super.cancel(mayInterruptIfRunning);
            abandon();
            return done;
        }
    }

    private final Exchange<ReqT, RespT> exchange;
    private final Attempt engines;
    private final int number;
    final Witness witness = new Witness(this::standDown);
    final CompletableFuture<AttemptCall<ReqT, RespT>> stage = new Stage();
    private volatile @Nullable ClientCall<ReqT, RespT> delegate;

    private Delivery delivery = Delivery.NOTHING_YET;
    private long passedOn;
    private boolean compresses = true;
    private boolean sentHalfClose;
    private boolean pumping;
    private boolean started;
    private boolean owesOnReady;

    @Nullable
    Ending received;

    AttemptCall(Exchange<ReqT, RespT> exchange, Attempt engines) {
        this.exchange = exchange;
        this.engines = engines;
        this.number = engines.number();
    }

    void start(CallOptions options) {
        Metadata copy = new Metadata();
        copy.merge(exchange.headers);
        copy.discardAll(Translation.PREVIOUS_ATTEMPTS);
        int previous = number + exchange.servedAttempt;
        if (previous > 0) {
            copy.put(Translation.PREVIOUS_ATTEMPTS, Integer.toString(previous));
        }
        engines.inject((name, value) -> {
            Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
            copy.discardAll(key);
            copy.put(key, value);
        });
        ClientCall<ReqT, RespT> call = exchange.next.newCall(exchange.method, options);
        delegate = call;
        call.start(this, copy);
        exchange.locked(() -> {
            started = true;
        });
    }

    ClientCall<ReqT, RespT> delegate() {
        ClientCall<ReqT, RespT> call = delegate;
        if (call == null) {
            throw new IllegalStateException("attempt " + number + " is not started");
        }
        return call;
    }

    // --- down: what the application has sent
    // --------------------------------------------------------------------------

    /** Hands on to gRPC what it has not got yet; one thread at a time. */
    void pump() {
        for (Runnable step = exchange.locked(this::takeTurn); step != null; step = exchange.locked(this::nextStep)) {
            try {
                step.run();
            } catch (Throwable thrown) {
                exchange.locked(() -> {
                    pumping = false;
                });
                // gRPC throws where the attempt was cancelled meanwhile; in every other case its onClose says the rest.
                cancel(Status.CANCELLED
                        .withDescription("the request could not be sent")
                        .withCause(thrown));
                if (thrown instanceof Error) {
                    throw thrown;
                }
                return;
            }
        }
        if (exchange.locked(this::isOwedOnReady) && delegate().isReady()) {
            exchange.tell(ClientCall.Listener::onReady);
        }
    }

    /** Under the lock: the first step for a thread that finds nobody pumping. */
    private @Nullable Runnable takeTurn() {
        return pumping || !started ? null : nextStep();
    }

    /** Under the lock. */
    private @Nullable Runnable nextStep() {
        boolean wanted = exchange.current == this && received == null && delivery != Delivery.ABANDONED;
        Runnable step = wanted ? step() : null;
        pumping = step != null;
        return step;
    }

    private @Nullable Runnable step() {
        ClientCall<ReqT, RespT> call = delegate();
        long more = exchange.requested - passedOn;
        if (more > 0) {
            int now = (int) Math.min(Integer.MAX_VALUE, more);
            passedOn += now;
            return () -> call.request(now);
        }
        Replay.Sent<ReqT> sent = exchange.replay.next();
        if (sent != null) {
            boolean toggles = sent.compressed() != compresses;
            compresses = sent.compressed();
            return () -> {
                if (toggles) {
                    call.setMessageCompression(sent.compressed());
                }
                call.sendMessage(sent.message());
            };
        }
        if (exchange.halfClosed && !sentHalfClose) {
            sentHalfClose = true;
            return call::halfClose;
        }
        return null;
    }

    /** Under the lock. */
    private boolean isCaughtUp() {
        return started && received == null && delivery != Delivery.ABANDONED && !pumping && exchange.replay.isDrained();
    }

    /**
     * Under the lock. If the attempt is still being given what was sent before, the application gets an onReady when that is
     * done: the transport's own may have come by then.
     */
    boolean isCaughtUpOrOwesOnReady() {
        boolean caughtUp = isCaughtUp();
        owesOnReady |= !caughtUp;
        return caughtUp;
    }

    /** Under the lock: pays the debt. gRPC tells nobody to send on who sends one message only. */
    private boolean isOwedOnReady() {
        boolean now = owesOnReady
                && exchange.current == this
                && exchange.ending == null
                && isCaughtUp()
                && !exchange.method.getType().clientSendsOneMessage();
        owesOnReady &= !now;
        return now;
    }

    // --- the end of an attempt
    // ----------------------------------------------------------------------------------------

    /** The application may hear of this attempt from now on; false if it may not. */
    private boolean commit() {
        boolean first = exchange.locked(() -> {
            if (delivery != Delivery.NOTHING_YET || exchange.current != this || exchange.ending != null) {
                return false;
            }
            delivery = Delivery.COMMITTED;
            exchange.replay.stopRecording();
            return true;
        });
        if (first && exchange.streamsResponses()) {
            engines.answering();
        }
        return exchange.locked(() -> delivery == Delivery.COMMITTED && exchange.ending == null);
    }

    /** Nothing of this attempt is wanted any more. Answers true if the application has got a part of it already. */
    boolean abandon() {
        boolean committed = exchange.locked(() -> {
            if (delivery == Delivery.NOTHING_YET) {
                delivery = Delivery.ABANDONED;
            }
            return delivery == Delivery.COMMITTED;
        });
        cancel(Status.CANCELLED.withDescription("attempt " + number + " was given up"));
        return committed;
    }

    void cancel(Status why) {
        ClientCall<ReqT, RespT> call = delegate;
        if (call != null && exchange.locked(() -> received == null)) {
            call.cancel(why.getDescription(), why.getCause());
        }
    }

    /** The channel is about to retry by itself: this attempt ends here, with what its first stream ended with. */
    private void standDown(Status ended, Metadata trailers, boolean byPolicy) {
        Settings settings = exchange.settings;
        if (byPolicy) {
            settings.channelRetries()
                    .standDown(
                            exchange.method.getFullMethodName(),
                            settings.levee().name());
        }
        abandon();
        stage.completeExceptionally(new StatusRuntimeException(ended, trailers));
    }

    // --- up: what it brings
    // -------------------------------------------------------------------------------------------

    @Override
    public void onHeaders(Metadata head) {
        exchange.mailbox.during(() -> {
            if (commit()) {
                exchange.tell(told -> told.onHeaders(head));
            }
        });
    }

    @Override
    public void onMessage(RespT message) {
        exchange.mailbox.during(() -> {
            if (commit()) {
                exchange.tell(told -> told.onMessage(message));
            }
        });
    }

    @Override
    public void onReady() {
        exchange.mailbox.during(() -> {
            if (exchange.locked(
                    () -> exchange.current == this && exchange.ending == null && isCaughtUpOrOwesOnReady())) {
                exchange.tell(ClientCall.Listener::onReady);
            }
        });
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        exchange.mailbox.during(() -> {
            exchange.locked(() -> {
                exchange.open--;
                received = new Ending(status, trailers);
            });
            if (status.isOk()) {
                stage.complete(this);
            } else {
                stage.completeExceptionally(new StatusRuntimeException(status, trailers));
            }
            exchange.closeIfOver();
        });
    }
}
