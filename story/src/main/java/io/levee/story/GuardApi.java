package io.levee.story;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the play asks of its guard, over HTTP as everybody does. */
final class GuardApi {
    private static final int LOWEST_ERROR = 400;

    private final JsonMapper json = JsonMapper.builder().build();
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI guard;
    private final String token;

    GuardApi(URI guard, String token) {
        this.guard = guard;
        this.token = token;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    JsonNode post(String path, Map<String, ?> body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body))));
    }

    /** A token with another role. */
    String issue(String name, String role) throws IOException, InterruptedException {
        return post("/api/v1/tokens", Map.of("name", name, "role", role))
                .path("token")
                .asString();
    }

    /** Puts a marker on the curves. */
    void marker(String service, String event, String environment) throws IOException, InterruptedException {
        post(
                "/api/v1/releases",
                Map.of("service", service, "release", Act.RELEASE, "environment", environment, "event", event));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(guard.resolve(path)).header("Authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() >= LOWEST_ERROR) {
            throw new IOException("the guard answered " + answer.statusCode() + " to "
                    + answer.uri().getPath() + ": "
                    + new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
        }
        return json.readTree(answer.body());
    }
}
