package io.levee.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks a guard. What it refuses is a mistake of the user's; if it is away, that is {@link Unreachable}. */
final class GuardClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient http;
    private final URI guard;
    private final String token;

    GuardClient(HttpClient http, URI guard, String token) {
        this.http = http;
        this.guard = guard;
        this.token = token;
    }

    /** There is no answer, or one that is not the guard's. */
    static final class Unreachable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unreachable(String message) {
            super(message, null, false, false);
        }
    }

    JsonNode get(String path) {
        return send(request(path).GET());
    }

    JsonNode post(String path, ObjectNode body) {
        return post(path, "application/json", Json.line(body).getBytes(StandardCharsets.UTF_8));
    }

    JsonNode post(String path, String type, byte[] body) {
        return send(request(path).header("Content-Type", type).POST(BodyPublishers.ofByteArray(body)));
    }

    /** As {@link #post}, with the body compressed. */
    JsonNode postGzip(String path, String type, byte[] body) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(zipped)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can always be written to", e);
        }
        return send(request(path)
                .header("Content-Type", type)
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(zipped.toByteArray())));
    }

    /** What is no JSON. */
    String text(String path) {
        HttpResponse<String> answer = answer(request(path).GET());
        checked(answer, body(answer));
        return answer.body();
    }

    JsonNode delete(String path) {
        return send(request(path).DELETE());
    }

    static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        String base = guard.toString();
        return HttpRequest.newBuilder(
                        URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest.Builder request) {
        HttpResponse<String> answer = answer(request);
        return checked(answer, body(answer));
    }

    private HttpResponse<String> answer(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            String reason = e.getMessage();
            throw new Unreachable("the guard at " + guard + " cannot be reached: "
                    + (reason == null ? "connection refused" : reason)
                    + "; is it running, and is --guard right?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while asking the guard at " + guard);
        }
    }

    private JsonNode checked(HttpResponse<String> answer, JsonNode body) {
        int status = answer.statusCode();
        if (status / 100 == 2) {
            return body;
        }
        String error = body.path("error").asString("");
        if (status >= 500 || status == 429 || error.isEmpty()) {
            throw new Unreachable(
                    "the guard at " + guard + " answers " + status + (error.isEmpty() ? "" : ": " + error));
        }
        throw new UserError("the guard says: " + error);
    }

    private static JsonNode body(HttpResponse<String> answer) {
        try {
            return answer.body().isBlank()
                    ? MissingNode.getInstance()
                    : ExplainCommand.read(Json.mapper(), answer.body());
        } catch (JacksonException e) {
            return MissingNode.getInstance();
        }
    }
}
