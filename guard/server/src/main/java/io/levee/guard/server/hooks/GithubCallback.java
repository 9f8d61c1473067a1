package io.levee.guard.server.hooks;

import io.levee.guard.server.github.GithubSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Tells GitHub a verdict, with a token, or as an App: then with a token of the installation, which lasts for one verdict. */
final class GithubCallback {
    private static final System.Logger LOG = System.getLogger(GithubCallback.class.getName());
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final GithubSettings settings;
    private final InstantSource clock;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    GithubCallback(GithubSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Does not wait; {@code done} is told whether GitHub took it. */
    void send(URI to, @Nullable Long installation, Map<String, String> body, Consumer<Boolean> done) {
        CompletableFuture<?> unused = token(to, installation)
                .thenCompose(token -> post(to, token, MAPPER.writeValueAsBytes(body)))
                .whenComplete((answer, failure) -> {
                    boolean delivered = answer != null && answer.statusCode() / 100 == 2;
                    if (!delivered) {
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "GitHub did not take the verdict at " + to + ": "
                                        + (answer == null ? failure : answer.statusCode() + " " + answer.body())
                                        + "; it will be told again");
                    }
                    done.accept(delivered);
                });
    }

    private CompletableFuture<String> token(URI to, @Nullable Long installation) {
        String fixed = settings.token();
        if (fixed != null) {
            return CompletableFuture.completedFuture(fixed);
        }
        String app = settings.appId();
        PrivateKey key = settings.appKey();
        if (app == null || key == null || installation == null) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("there is neither a token nor an App's id, key and installation"));
        }
        // GitHub Enterprise has the API below /api/v3 of its own host.
        String prefix = to.getPath().startsWith("/api/v3/") ? "/api/v3" : "";
        URI tokens = to.resolve(prefix + "/app/installations/" + installation + "/access_tokens");
        return post(tokens, jwt(app, key), new byte[0]).thenApply(answer -> {
            if (answer.statusCode() != 201) {
                throw new IllegalStateException("GitHub gives no token: " + answer.statusCode() + " " + answer.body());
            }
            return MAPPER.readTree(answer.body()).path("token").asString();
        });
    }

    private CompletableFuture<HttpResponse<String>> post(URI to, String token, byte[] body) {
        return client.sendAsync(
                HttpRequest.newBuilder(to)
                        .timeout(TIMEOUT)
                        .header("Authorization", "Bearer " + token)
                        .header("Accept", "application/vnd.github+json")
                        .header("X-GitHub-Api-Version", "2022-11-28")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** RFC 7519 with RS256, from a minute ago, since clocks differ, for 9 minutes, since GitHub takes 10 at most. */
    private String jwt(String app, PrivateKey key) {
        long now = clock.instant().getEpochSecond();
        String text = part(Map.of("alg", "RS256", "typ", "JWT"))
                + "."
                + part(Map.of("iat", now - 60, "exp", now + 9 * 60, "iss", app));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the App's key cannot sign: " + e.getMessage(), e);
        }
    }

    private static String part(Map<String, ?> fields) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(MAPPER.writeValueAsBytes(fields));
    }
}
