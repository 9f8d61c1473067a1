package io.levee.http.contract;

import io.levee.Scope;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Threads for clients that block. Calls inherit the scope that they are started in. */
public final class Threads implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "test-client");
        thread.setDaemon(true);
        return thread;
    });

    public <T> CompletableFuture<T> start(Callable<T> work) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Callable<T> scoped = Scope.capture().wrap(work);
        threads.execute(() -> {
            try {
                future.complete(scoped.call());
            } catch (Throwable thrown) {
                future.completeExceptionally(thrown);
            }
        });
        return future;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
