package io.levee.guard.actions;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A request that is on its way. */
final class WebhookRun implements Running {
    private final CompletableFuture<HttpResponse<Void>> answer;

    WebhookRun(CompletableFuture<HttpResponse<Void>> answer) {
        this.answer = answer;
    }

    @Override
    public @Nullable Map<String, @Nullable Object> poll(Instant now) {
        if (!answer.isDone()) {
            return null;
        }
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        try {
            int status = answer.join().statusCode();
            boolean ok = status >= 200 && status < 300;
            result.put("ok", ok);
            result.put("status", status);
            result.put("error", ok ? null : "answered " + status);
        } catch (CompletionException | java.util.concurrent.CancellationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            result.put("ok", false);
            result.put("error", cause.toString());
        }
        return result;
    }

    @Override
    public void stop() {
        answer.cancel(true);
    }
}
