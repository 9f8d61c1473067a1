package io.levee.guard.actions;

import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.http.LeveeHttpClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends webhooks, signed as standardwebhooks.com says. Each goes through a Levee of its own: bounded attempts with full
 * jitter, which Retry-After lengthens, and a deadline. Redirects are not followed, since they would lead past the list of
 * hosts. Not thread-safe.
 */
final class Webhooks implements AutoCloseable {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final String ENCODED = "whsec_";

    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final Function<String, @Nullable String> environment;
    private final Map<Effect.Webhook, Levee> levees = new HashMap<>();

    /** @param environment where secrets are looked up, by the names of their variables */
    Webhooks(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    /**
     * Sends one.
     *
     * @param webhook how
     * @param url where to
     * @param id the same at each attempt, and of no other message
     * @param message what it says
     * @throws IllegalStateException if a secret is not there
     */
    Running send(Effect.Webhook webhook, URI url, String id, Map<String, @Nullable Object> message, Instant now) {
        byte[] body = JSON.writeValueAsBytes(message);
        String timestamp = Long.toString(now.getEpochSecond());
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .timeout(webhook.timeout())
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", '"' + id + '"')
                .header("webhook-id", id)
                .header("webhook-timestamp", timestamp);
        String secret = value(webhook.secretVariable());
        if (secret != null) {
            request.header("webhook-signature", "v1," + signature(secret, id + '.' + timestamp + '.', body));
        }
        String token = value(webhook.tokenVariable());
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        LeveeHttpClient levee = LeveeHttpClient.wrap(client, levees.computeIfAbsent(webhook, Webhooks::levee));
        return new WebhookRun(levee.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding()));
    }

    private static Levee levee(Effect.Webhook webhook) {
        return Levee.named("webhook " + webhook.url().getHost())
                .retry(RetryPolicy.exponential(Duration.ofMillis(500))
                        .cap(Effect.Webhook.LONGEST_WAIT)
                        .fullJitter()
                        .attempts(webhook.attempts()))
                .attemptTimeout(webhook.timeout())
                .deadline(webhook.longest())
                .build();
    }

    private @Nullable String value(@Nullable String variable) {
        if (variable == null) {
            return null;
        }
        String value = environment.apply(variable);
        if (value == null || value.isEmpty()) {
            throw new IllegalStateException(
                    "the environment variable " + variable + " is not set; set it where the guard is started");
        }
        return value;
    }

    /** HMAC-SHA256 in Base64. */
    static String signature(String secret, String prefix, byte[] body) {
        byte[] key = secret.startsWith(ENCODED)
                ? Base64.getDecoder().decode(secret.substring(ENCODED.length()))
                : secret.getBytes(StandardCharsets.UTF_8);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(prefix.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    @Override
    public void close() {
        levees.values().forEach(Levee::close);
    }
}
