package io.levee;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The future of an asynchronous call. Whoever completes it from outside (cancel, orTimeout, completeExceptionally, ...)
 * ends the call: no further attempt is sent.
 */
final class LeveeFuture<R extends @Nullable Object> extends CompletableFuture<R> {
    private final AsyncCall<?> call;

    LeveeFuture(AsyncCall<?> call) {
        this.call = call;
    }

    boolean finish(R value) {
        return super.complete(value);
    }

    boolean finishExceptionally(Throwable failure) {
        return super.completeExceptionally(failure);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return stopIf(super.cancel(mayInterruptIfRunning));
    }

    @Override
    public boolean complete(R value) {
        return stopIf(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return stopIf(super.completeExceptionally(failure));
    }

    @Override
    public void obtrudeValue(R value) {
        super.obtrudeValue(value);
        call.stop(StopReason.CANCELLED);
    }

    @Override
    public void obtrudeException(Throwable failure) {
        super.obtrudeException(failure);
        call.stop(StopReason.CANCELLED);
    }

    private boolean stopIf(boolean completed) {
        if (completed) {
            call.stop(StopReason.CANCELLED);
        }
        return completed;
    }

    /** Dependents are plain futures: completing one of them is no word on the call. */
    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
