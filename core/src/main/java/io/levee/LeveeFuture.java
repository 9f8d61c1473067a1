package io.levee;

import java.util.concurrent.CompletableFuture;

/**
 * The future of an asynchronous call. Whoever completes it from outside (cancel, orTimeout, completeExceptionally, ...)
 * ends the call: no further attempt is sent.
 */
final class LeveeFuture<R extends @Nullable Object> extends CompletableFuture<R> {
    /** Null if the call had ended when its future was made: there is nothing to stop. */
    private final @Nullable AsyncCall<?> call;

    LeveeFuture(@Nullable AsyncCall<?> call) {
        this.call = call;
    }

    /** The future of a call that has succeeded already. */
    static <R extends @Nullable Object> LeveeFuture<R> of(R value) {
        LeveeFuture<R> done = new LeveeFuture<>(null);
        done.finish(value);
        return done;
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
        stopIf(true);
    }

    @Override
    public void obtrudeException(Throwable failure) {
        super.obtrudeException(failure);
        stopIf(true);
    }

    private boolean stopIf(boolean completed) {
        if (completed && call != null) {
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
