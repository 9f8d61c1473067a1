package io.levee.guard.server;

import io.levee.guard.store.StoreSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A guard in a JVM of its own, which a test can kill; it ends with the test's JVM at the latest. */
final class GuardProgram implements AutoCloseable {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final Process process;
    final URI uri;

    /** Null where the record has an admin token already. */
    final String token;

    private GuardProgram(Process process, URI uri, String token) {
        this.process = process;
        this.uri = uri;
        this.token = token;
    }

    /** Folder of the documents; folder of the data, or JDBC URL. Prints the address and the first token. */
    public static void main(String[] arguments) throws IOException {
        StoreSettings place = arguments[1].startsWith("jdbc:")
                ? StoreSettings.postgres(arguments[1], null, null)
                : StoreSettings.folder(Path.of(arguments[1]));
        try (Guard guard = Guard.start(new GuardSettings(Path.of(arguments[0]), place).port(0))) {
            System.out.println(guard.uri() + " " + guard.firstToken());
            while (System.in.read() >= 0) {
                // Until whoever started it is gone.
            }
        }
    }

    static GuardProgram start(Path slos, String place) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        GuardProgram.class.getName(),
                        slos.toString(),
                        place))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // Closed by close, with the process; what else it prints is nothing.
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the guard ended before it listened; see its standard error");
        }
        String[] words = line.split(" ");
        return new GuardProgram(process, URI.create(words[0]), words[1].equals("null") ? null : words[1]);
    }

    /** Makes a token with the first admin token. */
    String issue(String role) throws Exception {
        HttpResponse<String> made =
                post("/api/v1/tokens", "{\"name\":\"" + role + "-1\",\"role\":\"" + role + "\"}", token);
        return TestGuard.json(made).path("token").asString();
    }

    HttpResponse<String> post(String path, String body, String token) throws Exception {
        return CLIENT.send(
                request(path, token)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    JsonNode get(String path, String token) throws Exception {
        return TestGuard.json(CLIENT.send(request(path, token).GET().build(), HttpResponse.BodyHandlers.ofString()));
    }

    private HttpRequest.Builder request(String path, String token) {
        return HttpRequest.newBuilder(uri.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + token);
    }

    boolean leads() throws Exception {
        return get("/readyz", "").path("leads").asBoolean();
    }

    /** Of the objective, in its window. */
    long total(String viewer) throws Exception {
        return get("/api/v1/slos/order-submit", viewer).path("total").asLong();
    }

    Duration processorTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** As kill -9 does it. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws Exception {
        kill();
    }
}
