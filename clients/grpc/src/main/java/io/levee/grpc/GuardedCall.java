package io.levee.grpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.levee.Call;
import io.levee.Fate;
import io.levee.GrpcStatus;
import io.levee.Outcome;
import io.levee.Scope;
import io.levee.grpc.Translation.Ending;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way through the engine: makes the attempts, replays what the application has sent, translates what they
 * end with, and tells the application of one of them only.
 *
 * <h2>Who owns what</h2>
 *
 * The engine's call lasts until an attempt with one response has closed, or until an attempt with a stream of them has
 * brought its first headers; what comes of that stream then is the application's directly. The application hears its
 * onClose when the engine is done and no attempt's own onClose is outstanding, so nothing of gRPC's is left behind.
 *
 * <h2>Locking</h2>
 *
 * The lock guards all mutable state, that of attempts and replay included. It is never held while gRPC, the engine or the
 * application is called. Opponents: the application's thread, the transport's threads that bring callbacks, the engine's
 * executor and timer, and whoever cancels context or scope.
 */
@SuppressWarnings("FutureReturnValueIgnored") // callbacks are registered; their own completion tells nothing more
final class GuardedCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {
    private final Settings settings;
    private final MethodDescriptor<ReqT, RespT> method;
    private final CallOptions callOptions;
    private final Channel next;
    private final Context context = Context.current();
    private final Context.CancellationListener contextCancelled = this::contextCancelled;
    private final Mailbox mailbox;
    private final boolean streamsResponses;
    private final int servedAttempt;

    private final ReentrantLock lock = new ReentrantLock();
    private final Replay<ReqT> replay;
    private @Nullable Listener<RespT> listener;
    private Metadata headers = new Metadata();
    private long requested;
    private boolean compressed = true;
    private boolean halfClosed;
    private boolean cancelled;
    private @Nullable CompletableFuture<AttemptCall> engineCall;
    private boolean engineDone;
    private @Nullable AttemptCall current;
    /** Attempts that were started and whose onClose has not come. */
    private int open;
    /** How the call ends, once that is certain; what attempts bring after that is dropped. */
    private @Nullable Ending ending;

    private boolean closed;
    private boolean listenerThrew;
    private @Nullable Scope scope;
    /** For streamed responses: when the call must be over, whichever of Levee and scope says so. */
    private @Nullable Deadline wholeDeadline;

    GuardedCall(Settings settings, MethodDescriptor<ReqT, RespT> method, CallOptions callOptions, Channel next) {
        this.settings = settings;
        this.method = method;
        this.callOptions = callOptions;
        this.next = next;
        this.streamsResponses = !method.getType().serverSendsOneMessage();
        Scope outer = Scope.current();
        this.servedAttempt = outer == null ? 0 : outer.servedAttempt();
        this.replay = new Replay<>(settings.quota(), settings.maxReplayBytesPerCall());
        Executor own = callOptions.getExecutor();
        this.mailbox = new Mailbox(context, own == null ? settings.executor() : own);
    }

    // --- the application's side
    // ---------------------------------------------------------------------------------------

    @Override
    public void start(Listener<RespT> responseListener, Metadata requestHeaders) {
        locked(() -> {
            if (listener != null) {
                throw new IllegalStateException("already started");
            }
            if (cancelled) {
                throw new IllegalStateException("call was cancelled");
            }
            listener = responseListener;
            headers = requestHeaders;
        });
        if (streamsResponses) {
            watchScope();
        }
        context.addListener(contextCancelled, Runnable::run);
        CompletableFuture<AttemptCall> started = settings.levee().callAsync(engineCall(), this::attempt);
        started.whenComplete(this::engineEnded);
        boolean overAlready = locked(() -> {
            engineCall = started;
            return ending != null;
        });
        if (overAlready) {
            started.cancel(true);
        }
    }

    /** The engine leaves the scope when it is done; a stream of responses goes on. */
    private void watchScope() {
        Scope around = Scope.capture();
        long nanos = Math.min(settings.deadlineNanos(), around.remainingNanos());
        scope = around;
        wholeDeadline = nanos == Long.MAX_VALUE ? null : Deadline.after(nanos, TimeUnit.NANOSECONDS);
        around.onCancel(() -> end(Ending.of(Status.CANCELLED.withDescription("the call's Levee scope was cancelled"))));
    }

    private Call<AttemptCall> engineCall() {
        Call<AttemptCall> call = Call.<AttemptCall>named(method.getFullMethodName())
                .outcome(this::outcome)
                .target(new GrpcTarget(method.getFullMethodName(), next.authority()));
        Boolean said = callOptions.getOption(LeveeClientInterceptor.IDEMPOTENT);
        if (said == null ? isIdempotentMethod() : said) {
            call = call.idempotent();
        } else if (said != null) {
            call = call.notIdempotent();
        }
        Deadline given = minimum(callOptions.getDeadline(), context.getDeadline());
        // One that has passed already is left to gRPC, which then says so in its own words.
        return given == null
                ? call
                : call.deadline(Duration.ofNanos(Math.max(1, given.timeRemaining(TimeUnit.NANOSECONDS))));
    }

    private boolean isIdempotentMethod() {
        return method.isIdempotent()
                || method.isSafe()
                || (settings.idempotent() != null && settings.idempotent().test(method));
    }

    private static @Nullable Deadline minimum(@Nullable Deadline a, @Nullable Deadline b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.minimum(b);
    }

    @Override
    public void request(int numMessages) {
        if (numMessages < 0) {
            throw new IllegalArgumentException("numMessages must be 0 or more, is " + numMessages);
        }
        pump(locked(() -> {
            mustBeStarted();
            long sum = requested + numMessages;
            requested = sum < 0 ? Long.MAX_VALUE : sum;
            return current;
        }));
    }

    @Override
    public void sendMessage(ReqT message) {
        long bytes = Replay.sizeOf(method, message);
        pump(locked(() -> {
            mustBeOpenForRequests();
            if (ending == null) {
                replay.add(message, compressed, bytes);
            }
            return current;
        }));
    }

    @Override
    public void halfClose() {
        pump(locked(() -> {
            mustBeOpenForRequests();
            halfClosed = true;
            return current;
        }));
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        locked(() -> {
            mustBeStarted();
            compressed = enabled;
        });
    }

    @Override
    public boolean isReady() {
        AttemptCall attempt = locked(() -> {
            AttemptCall running = current;
            return running != null && ending == null && running.isCaughtUpOrOwesOnReady() ? running : null;
        });
        return attempt != null && attempt.delegate().isReady();
    }

    @Override
    public Attributes getAttributes() {
        AttemptCall attempt = locked(() -> current);
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
        locked(() -> {
            cancelled = true;
        });
        end(Ending.of(status));
    }

    private void mustBeStarted() {
        if (listener == null) {
            throw new IllegalStateException("not started");
        }
    }

    private void mustBeOpenForRequests() {
        mustBeStarted();
        if (cancelled) {
            throw new IllegalStateException("call was cancelled");
        }
        if (halfClosed) {
            throw new IllegalStateException("call was half-closed");
        }
    }

    private void contextCancelled(Context ended) {
        end(Ending.of(Contexts.statusFromCancelled(ended)));
    }

    // --- attempts
    // -----------------------------------------------------------------------------------------------------

    /** Makes one attempt, for the engine. */
    private CompletionStage<AttemptCall> attempt(io.levee.Attempt engines) {
        AttemptCall attempt = new AttemptCall(engines.number());
        locked(() -> {
            if (ending != null) {
                throw new CancellationException("the call has ended");
            }
            current = attempt;
            replay.rewind();
            open++;
        });
        Context before = context.attach();
        try {
            attempt.start(optionsFor(engines, attempt), engines);
        } catch (Throwable notStarted) {
            locked(() -> {
                open--;
            });
            throw notStarted;
        } finally {
            context.detach(before);
        }
        Ending over = locked(() -> ending);
        if (over != null) {
            attempt.cancel(over.status());
        }
        pump(attempt);
        return attempt.stage;
    }

    private CallOptions optionsFor(io.levee.Attempt engines, AttemptCall attempt) {
        Deadline deadline = callOptions.getDeadline();
        if (streamsResponses) {
            deadline = minimum(deadline, wholeDeadline);
        } else {
            long left = engines.remainingNanos();
            if (left != Long.MAX_VALUE) {
                deadline = minimum(deadline, Deadline.after(left, TimeUnit.NANOSECONDS));
            }
        }
        return callOptions
                .withDeadline(deadline)
                .withStreamTracerFactory(attempt.witness)
                .withCallCredentials(attempt.witness.gateBefore(callOptions.getCredentials()));
    }

    /** What an attempt's result means. The engine asks once for each, before it starts another. */
    private Outcome outcome(@Nullable AttemptCall ended, @Nullable Throwable failure) {
        if (failure == null) {
            return Outcome.value(ended).withGrpcStatus(GrpcStatus.OK);
        }
        Outcome outcome = Outcome.failure(failure);
        Status status = Translation.status(failure);
        AttemptCall attempt = locked(() -> current);
        if (attempt == null || status == null) {
            return outcome;
        }
        boolean committed = attempt.abandon();
        outcome = outcome.withGrpcStatus(GrpcStatus.of(status.getCode().value()))
                .withCommitted(committed)
                .withReplayable(locked(replay::replayable));
        String pushback = Translation.pushback(failure);
        if (pushback != null) {
            outcome = outcome.withGrpcPushback(pushback);
        }
        Fate fate = attempt.witness.fate(status);
        return fate == null ? outcome : outcome.withFate(fate);
    }

    /** The engine is done: its attempt has ended, or (a stream of responses) has begun to answer. */
    private void engineEnded(@Nullable AttemptCall winner, @Nullable Throwable failure) {
        locked(() -> {
            engineDone = true;
            if (ending != null) {
                return;
            }
            if (failure != null) {
                ending = Translation.ending(failure);
            } else if (winner != null) {
                ending = winner.received;
            }
        });
        closeIfOver();
    }

    /** Ends the call from this side: cancels the attempt that runs, and the backoff. */
    private void end(Ending how) {
        record Running<T>(
                @Nullable CompletableFuture<T> engine,
                @Nullable T attempt) {}
        Running<AttemptCall> running = locked(() -> {
            if (ending != null || listener == null) {
                return null;
            }
            ending = how;
            return new Running<>(engineDone ? null : engineCall, current);
        });
        if (running == null) {
            return;
        }
        if (running.engine() != null) {
            running.engine().cancel(true);
        }
        AttemptCall attempt = running.attempt();
        if (attempt != null) {
            attempt.cancel(how.status());
        }
        closeIfOver();
    }

    private void closeIfOver() {
        Listener<RespT> told = locked(() -> {
            if (ending == null || !engineDone || open > 0 || closed) {
                return null;
            }
            closed = true;
            replay.end();
            return listener;
        });
        if (told == null) {
            return;
        }
        context.removeListener(contextCancelled);
        Scope around = scope;
        if (around != null) {
            around.close();
        }
        Ending how = Objects.requireNonNull(ending);
        mailbox.put(() -> told.onClose(how.status(), how.trailers()));
    }

    /** Puts in a callback; one that throws ends the call, as it does in gRPC. */
    private void tell(Consumer<Listener<RespT>> callback) {
        mailbox.put(() -> {
            Listener<RespT> told = locked(() -> listenerThrew ? null : listener);
            if (told == null) {
                return;
            }
            try {
                callback.accept(told);
            } catch (Throwable thrown) {
                locked(() -> {
                    listenerThrew = true;
                });
                end(Ending.of(Status.CANCELLED
                        .withDescription("the call's listener threw")
                        .withCause(thrown)));
                if (thrown instanceof Error) {
                    throw thrown;
                }
            }
        });
    }

    // --- what the application has sent, on its way into an attempt
    // ------------------------------------------------------

    /** Hands on to an attempt what it has not got yet; one thread at a time. */
    private void pump(@Nullable AttemptCall attempt) {
        if (attempt == null) {
            return;
        }
        for (Runnable step = locked(() -> attempt.takeTurn()); step != null; step = locked(attempt::nextStep)) {
            try {
                step.run();
            } catch (Throwable thrown) {
                locked(() -> {
                    attempt.pumping = false;
                });
                // gRPC throws where the attempt was cancelled meanwhile; in every other case its onClose says the rest.
                attempt.cancel(Status.CANCELLED
                        .withDescription("the request could not be sent")
                        .withCause(thrown));
                if (thrown instanceof Error) {
                    throw thrown;
                }
                return;
            }
        }
        if (locked(attempt::isOwedOnReady) && attempt.delegate().isReady()) {
            tell(Listener::onReady);
        }
    }

    private void locked(Runnable section) {
        lock.lock();
        try {
            section.run();
        } finally {
            lock.unlock();
        }
    }

    private <T extends @Nullable Object> T locked(Supplier<T> section) {
        lock.lock();
        try {
            return section.get();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the application may have got something of an attempt. */
    private enum Delivery {
        NOTHING_YET,
        /** It hears of this attempt and of no other. */
        COMMITTED,
        /** It never hears of this attempt. */
        ABANDONED
    }

    /** The engine's handle of a running attempt. */
    private final class Stage extends CompletableFuture<AttemptCall> {
        private final AttemptCall attempt;

        Stage(AttemptCall attempt) {
            this.attempt = attempt;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean done = super.cancel(mayInterruptIfRunning);
            attempt.abandon();
            return done;
        }
    }

    /** One attempt: gRPC's call below, and the listener on it. Its mutable fields are guarded by the call's lock. */
    private final class AttemptCall extends Listener<RespT> {
        private final int number;
        private final Witness witness = new Witness(this::standDown);
        private final Stage stage = new Stage(this);
        private volatile @Nullable ClientCall<ReqT, RespT> delegate;

        private Delivery delivery = Delivery.NOTHING_YET;
        private long passedOn;
        private boolean compresses = true;
        private boolean sentHalfClose;
        private boolean pumping;
        private boolean started;
        private boolean owesOnReady;
        private @Nullable Ending received;

        AttemptCall(int number) {
            this.number = number;
        }

        void start(CallOptions options, io.levee.Attempt engines) {
            Metadata copy = new Metadata();
            copy.merge(headers);
            copy.discardAll(Translation.PREVIOUS_ATTEMPTS);
            int previous = number + servedAttempt;
            if (previous > 0) {
                copy.put(Translation.PREVIOUS_ATTEMPTS, Integer.toString(previous));
            }
            engines.inject((name, value) -> {
                Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
                copy.discardAll(key);
                copy.put(key, value);
            });
            ClientCall<ReqT, RespT> call = next.newCall(method, options);
            delegate = call;
            call.start(this, copy);
            locked(() -> {
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

        /** Under the lock. */
        boolean isCaughtUp() {
            return started && received == null && delivery != Delivery.ABANDONED && !pumping && replay.isDrained();
        }

        /**
         * Under the lock. If the attempt is still being given what was sent before, the application gets an onReady when
         * that is done: the transport's own may have come by then.
         */
        boolean isCaughtUpOrOwesOnReady() {
            boolean caughtUp = isCaughtUp();
            owesOnReady |= !caughtUp;
            return caughtUp;
        }

        /** Under the lock: pays the debt. gRPC tells nobody to send on who sends one message only. */
        boolean isOwedOnReady() {
            boolean now = owesOnReady
                    && current == this
                    && ending == null
                    && isCaughtUp()
                    && !method.getType().clientSendsOneMessage();
            owesOnReady &= !now;
            return now;
        }

        /** Under the lock: the first step for a thread that finds nobody pumping. */
        @Nullable
        Runnable takeTurn() {
            return pumping || !started ? null : nextStep();
        }

        /** Under the lock. */
        @Nullable
        Runnable nextStep() {
            Runnable step = current == this && received == null && delivery != Delivery.ABANDONED ? step() : null;
            pumping = step != null;
            return step;
        }

        private @Nullable Runnable step() {
            ClientCall<ReqT, RespT> call = delegate();
            long more = requested - passedOn;
            if (more > 0) {
                int now = (int) Math.min(Integer.MAX_VALUE, more);
                passedOn += now;
                return () -> call.request(now);
            }
            Replay.Sent<ReqT> sent = replay.next();
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
            if (halfClosed && !sentHalfClose) {
                sentHalfClose = true;
                return call::halfClose;
            }
            return null;
        }

        /** The application may hear of this attempt from now on; false if it may not. */
        private boolean commit() {
            boolean first = locked(() -> {
                if (delivery != Delivery.NOTHING_YET || current != this || ending != null) {
                    return false;
                }
                delivery = Delivery.COMMITTED;
                replay.stopRecording();
                return true;
            });
            if (first && streamsResponses) {
                stage.complete(this);
            }
            return locked(() -> delivery == Delivery.COMMITTED && ending == null);
        }

        /** Nothing of this attempt is wanted any more. Answers true if the application has got a part of it already. */
        boolean abandon() {
            boolean committed = locked(() -> {
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
            if (call != null && locked(() -> received == null)) {
                call.cancel(why.getDescription(), why.getCause());
            }
        }

        /** The channel is about to retry by itself: this attempt ends here, with what its first stream ended with. */
        private void standDown(Status ended, Metadata trailers, boolean byPolicy) {
            if (byPolicy) {
                settings.channelRetries()
                        .standDown(method.getFullMethodName(), settings.levee().name());
            }
            abandon();
            stage.completeExceptionally(new StatusRuntimeException(ended, trailers));
        }

        @Override
        public void onHeaders(Metadata received) {
            mailbox.during(() -> {
                if (commit()) {
                    tell(told -> told.onHeaders(received));
                }
            });
        }

        @Override
        public void onMessage(RespT message) {
            mailbox.during(() -> {
                if (commit()) {
                    tell(told -> told.onMessage(message));
                }
            });
        }

        @Override
        public void onReady() {
            mailbox.during(() -> {
                if (locked(() -> current == this && ending == null && isCaughtUpOrOwesOnReady())) {
                    tell(Listener::onReady);
                }
            });
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            mailbox.during(() -> {
                boolean engineWaits = locked(() -> {
                    open--;
                    received = new Ending(status, trailers);
                    if (ending == null && engineDone && current == this) {
                        ending = received;
                    }
                    return !engineDone;
                });
                if (engineWaits) {
                    if (status.isOk()) {
                        stage.complete(this);
                    } else {
                        stage.completeExceptionally(new StatusRuntimeException(status, trailers));
                    }
                }
                closeIfOver();
            });
        }
    }
}
