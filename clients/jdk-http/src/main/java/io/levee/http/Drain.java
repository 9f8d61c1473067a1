package io.levee.http;

import io.levee.http.shared.HttpRules;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gets rid of a response's body that nobody wants: what is short and comes soon is read, so that the connection can be
 * used again, anything else is cancelled, which closes an HTTP/1.1 connection and resets an HTTP/2 stream.
 */
final class Drain implements Flow.Subscriber<List<ByteBuffer>> {
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private long left = HttpRules.MAX_DRAIN_BYTES;

    /** Written before the first signal, read by the timer. */
    private volatile Flow.@Nullable Subscription subscription;

    private Drain() {}

    /**
     * Drains or cancels.
     *
     * @param waiting the body
     * @param length its length as stated by the response, -1 if it does not say
     */
    @SuppressWarnings("FutureReturnValueIgnored") // what follows on the end of the draining is its own last act
    static void of(Flow.Publisher<List<ByteBuffer>> waiting, long length) {
        Drain drain = new Drain();
        if (length > HttpRules.MAX_DRAIN_BYTES) {
            drain.left = -1;
        }
        waiting.subscribe(drain);
        drain.drained
                .orTimeout(HttpRules.MAX_DRAIN_MILLIS, TimeUnit.MILLISECONDS)
                .whenComplete((done, late) -> {
                    Flow.Subscription open = drain.subscription;
                    if (late != null && open != null) {
                        open.cancel();
                    }
                });
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (left < 0) {
            given.cancel();
            drained.complete(null);
        } else {
            given.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        for (ByteBuffer part : item) {
            left -= part.remaining();
        }
        Flow.Subscription open = subscription;
        if (left < 0 && open != null) {
            open.cancel();
            drained.complete(null);
        }
    }

    @Override
    public void onError(Throwable failure) {
        // The connection is lost, and with it what was to be got rid of.
        drained.complete(null);
    }

    @Override
    public void onComplete() {
        drained.complete(null);
    }
}
