package io.levee.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall.Listener;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.levee.Scope;
import io.levee.grpc.Translation.Ending;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one call is between the application and the engine: what it has sent and asked for, which attempt runs, how it ends.
 *
 * <p>The engine's call lasts until its last attempt has closed. The application hears of one attempt only, and hears its
 * onClose when the engine is done and no attempt's own onClose is outstanding, so nothing of gRPC's is left behind.
 *
 * <h2>Locking</h2>
 *
 * The lock guards all mutable state, that of attempts and replay included. It is never held while gRPC, the engine or the
 * application is called. Opponents: the application's thread, the transport's threads that bring callbacks, the engine's
 * executor and timer, and whoever cancels context or scope.
 */
final class Exchange<ReqT, RespT> {
    final Settings settings;
    final MethodDescriptor<ReqT, RespT> method;
    final CallOptions callOptions;
    final Channel next;
    final Context context = Context.current();
    /** The number of the attempt that this call is made for, if a server's scope knows it. */
    final int servedAttempt;

    final Mailbox mailbox;
    private final Context.CancellationListener contextCancelled =
            ended -> end(Ending.of(io.grpc.Contexts.statusFromCancelled(ended)));

    private final ReentrantLock lock = new ReentrantLock();

    // What the application has done, under the lock.
    final Replay<ReqT> replay;

    @Nullable
    Listener<RespT> listener;

    Metadata headers = new Metadata();
    long requested;
    boolean compressed = true;
    boolean halfClosed;
    boolean cancelled;

    // Where the call stands, under the lock.
    @Nullable
    AttemptCall<ReqT, RespT> current;
    /** Attempts that were started and whose onClose has not come. */
    int open;
    /** How the call ends, once that is certain; what attempts bring after that is dropped. */
    @Nullable
    Ending ending;

    private @Nullable CompletableFuture<AttemptCall<ReqT, RespT>> engineCall;
    private boolean engineDone;
    private boolean closed;
    private boolean listenerThrew;

    Exchange(Settings settings, MethodDescriptor<ReqT, RespT> method, CallOptions callOptions, Channel next) {
        this.settings = settings;
        this.method = method;
        this.callOptions = callOptions;
        this.next = next;
        Scope outer = Scope.current();
        this.servedAttempt = outer == null ? 0 : outer.servedAttempt();
        this.replay = new Replay<>(settings.quota(), settings.maxReplayBytesPerCall());
        Executor own = callOptions.getExecutor();
        this.mailbox = new Mailbox(context, own == null ? settings.executor() : own);
    }

    boolean streamsResponses() {
        return !method.getType().serverSendsOneMessage();
    }

    void locked(Runnable section) {
        lock.lock();
        try {
            section.run();
        } finally {
            lock.unlock();
        }
    }

    <T extends @Nullable Object> T locked(Supplier<T> section) {
        lock.lock();
        try {
            return section.get();
        } finally {
            lock.unlock();
        }
    }

    void watchContext() {
        context.addListener(contextCancelled, Runnable::run);
    }

    /** The engine has the call. It may have ended by now, at either end. */
    void entrusted(CompletableFuture<AttemptCall<ReqT, RespT>> started) {
        boolean overAlready = locked(() -> {
            engineCall = started;
            return ending != null;
        });
        if (overAlready) {
            started.cancel(true);
        }
    }

    /** The engine is done: so is the attempt that it ended with, or it was given up. */
    void engineEnded(@Nullable AttemptCall<ReqT, RespT> winner, @Nullable Throwable failure) {
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
    void end(Ending how) {
        record Running<T>(
                @Nullable CompletableFuture<T> engine,
                @Nullable T attempt) {}
        Running<AttemptCall<ReqT, RespT>> running = locked(() -> {
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
        AttemptCall<ReqT, RespT> attempt = running.attempt();
        if (attempt != null) {
            attempt.cancel(how.status());
        }
        closeIfOver();
    }

    void closeIfOver() {
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
        Ending how = Objects.requireNonNull(ending);
        mailbox.put(() -> told.onClose(how.status(), how.trailers()));
    }

    /** Puts in a callback; one that throws ends the call, as it does in gRPC. */
    void tell(Consumer<Listener<RespT>> callback) {
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
}
