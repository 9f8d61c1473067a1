package io.levee.http.shared;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The future of an asynchronous send. As with the JDK's own client, cancelling it, or a future that depends on it, cancels
 * the exchange.
 *
 * @param <T> what it brings
 */
public final class ResponseFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    private final Runnable canceller;

    /**
     * A future that runs the canceller when it is cancelled before it is done.
     *
     * @param canceller ends the exchange
     */
    public ResponseFuture(Runnable canceller) {
        this.canceller = canceller;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        // Other than with the JDK's client, cancel(false) ends the exchange as well: a cancelled call sends nothing
        // more.
        if (!isDone()) {
            canceller.run();
        }
        return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new ResponseFuture<>(canceller);
    }
}
