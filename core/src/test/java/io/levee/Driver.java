package io.levee;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Both drivers behind one face: a rule is tested by one text, whoever drives it. */
enum Driver {
    SYNC {
        @Override
        <T> T call(Levee levee, ManualTime time, Call<T> call, AttemptBody<T, Exception> body) throws Exception {
            return levee.call(call, body);
        }

        @Override
        <T> Result<T> execute(Levee levee, ManualTime time, Call<T> call, AttemptBody<T, Exception> body) {
            return levee.execute(call, body);
        }
    },
    ASYNC {
        @Override
        <T> T call(Levee levee, ManualTime time, Call<T> call, AttemptBody<T, Exception> body) throws Exception {
            return get(levee.callAsync(call, attempt -> stage(body, attempt)), time);
        }

        @Override
        <T> Result<T> execute(Levee levee, ManualTime time, Call<T> call, AttemptBody<T, Exception> body)
                throws Exception {
            return get(levee.executeAsync(call, attempt -> stage(body, attempt)), time);
        }
    };

    abstract <T> T call(Levee levee, ManualTime time, Call<T> call, AttemptBody<T, Exception> body) throws Exception;

    abstract <T> Result<T> execute(Levee levee, ManualTime time, Call<T> call, AttemptBody<T, Exception> body)
            throws Exception;

    static <T> T get(CompletableFuture<T> future, ManualTime time) throws Exception {
        time.await(Nanos.NEVER, future::isDone);
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) e.getCause();
        }
    }

    private static <T> CompletableFuture<T> stage(AttemptBody<T, Exception> body, Attempt attempt) {
        try {
            return CompletableFuture.completedFuture(body.run(attempt));
        } catch (Throwable thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }
}
