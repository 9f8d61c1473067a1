package io.levee.http;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Hands a body that has waited for the engine's decision to the caller's handler. Can be cancelled from any thread at any
 * time; the connection is then given up.
 */
final class LateReader<T extends @Nullable Object> implements Flow.Subscriber<List<ByteBuffer>> {
    private final BodySubscriber<T> subscriber;

    /** Opponents: the client's thread that subscribes, and whoever cancels. */
    private Flow.@Nullable Subscription subscription;

    private boolean cancelled;

    private LateReader(BodySubscriber<T> subscriber) {
        this.subscriber = subscriber;
    }

    /** Begins to read; {@link #body} is asked next. */
    static <T extends @Nullable Object> LateReader<T> start(Reply<T> reply, BodyHandler<T> handler) {
        LateReader<T> reader = new LateReader<>(handler.apply(reply.info()));
        Objects.requireNonNull(reply.waiting(), "the body has been read").subscribe(reader);
        return reader;
    }

    /** The body. May block, as {@link BodySubscriber#getBody()} of a mapped input stream does. */
    CompletableFuture<T> body() {
        return subscriber.getBody().toCompletableFuture();
    }

    void cancel() {
        Flow.Subscription open;
        synchronized (this) {
            cancelled = true;
            open = subscription;
        }
        if (open != null) {
            open.cancel();
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        boolean unwanted;
        synchronized (this) {
            subscription = given;
            unwanted = cancelled;
        }
        subscriber.onSubscribe(given);
        if (unwanted) {
            given.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        subscriber.onNext(item);
    }

    @Override
    public void onError(Throwable failure) {
        subscriber.onError(failure);
    }

    @Override
    public void onComplete() {
        subscriber.onComplete();
    }
}
