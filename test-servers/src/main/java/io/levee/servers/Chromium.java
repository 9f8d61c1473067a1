package io.levee.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Chromium of the system's with a page, driven over its own protocol (Chrome DevTools Protocol, stable 1.3). */
public final class Chromium implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** For a machine that is ten times slower than a quiet one. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path profile;
    private final Process process;
    private final int port;
    /** Whether this page has the browser to itself, and takes it along when it is closed. */
    private final boolean first;

    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();
    private final WebSocket socket;

    private Chromium(Path profile, Process process, int port, boolean first) throws Exception {
        this.profile = profile;
        this.process = process;
        this.port = port;
        this.first = first;
        HttpClient http = HttpClient.newHttpClient();
        String page = http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new"))
                                .method("PUT", HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        socket = http.newWebSocketBuilder()
                .buildAsync(
                        URI.create(
                                JSON.readTree(page).get("webSocketDebuggerUrl").asString()),
                        new Ear(pending, complaints))
                .get(60, TimeUnit.SECONDS);
        send("Page.enable", Map.of());
        send("Runtime.enable", Map.of());
        send("Log.enable", Map.of());
    }

    /**
     * Starts a browser; without one the test is skipped, loudly.
     *
     * @return its first page
     * @throws Exception if it does not start
     */
    public static Chromium start() throws Exception {
        Path program = Program.installed("chromium", "chromium");
        Path profile = Files.createTempDirectory("levee-chromium");
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--hide-scrollbars",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        try {
            return new Chromium(profile, process, listening(process).getPort(), true);
        } catch (Exception failed) {
            process.destroyForcibly();
            throw failed;
        }
    }

    /**
     * Opens another page in the same browser.
     *
     * @return closed alone, as a user closes a tab
     * @throws Exception if it does not open
     */
    public Chromium tab() throws Exception {
        return new Chromium(profile, process, port, false);
    }

    private static URI listening(Process process) throws IOException {
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            if (line.startsWith("DevTools listening on ")) {
                Thread rest = new Thread(() -> output.lines().forEach(ignored -> {}));
                rest.setDaemon(true);
                rest.start();
                return URI.create(line.substring("DevTools listening on ".length()));
            }
        }
        throw new IOException("chromium has ended: " + said);
    }

    public JsonNode send(String method, Map<String, Object> parameters) throws Exception {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        pending.put(id, answer);
        socket.sendText(JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true)
                .get(60, TimeUnit.SECONDS);
        return answer.get(60, TimeUnit.SECONDS);
    }

    public void open(URI uri) throws Exception {
        send("Page.navigate", Map.of("url", uri.toString()));
    }

    /** What the expression is worth, promises awaited; fails if it throws. */
    public JsonNode evaluate(String expression) throws Exception {
        JsonNode answer = send(
                "Runtime.evaluate",
                Map.of("expression", expression, "returnByValue", true, "awaitPromise", true, "userGesture", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + " threw " + answer.get("exceptionDetails"));
        }
        return answer.get("result").path("value");
    }

    public String text(String selector) throws Exception {
        return evaluate("document.querySelector(" + JSON.writeValueAsString(selector) + ")?.textContent ?? ''")
                .asString();
    }

    public void await(String condition) {
        Awaitility.await(condition)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                // A page that loads itself anew leaves the question unanswered: the new one is asked.
                .ignoreExceptionsMatching(e -> String.valueOf(e.getMessage()).contains("navigated or closed"))
                .until(() -> evaluate("Boolean(" + condition + ")").asBoolean());
    }

    /** Presses and releases a key that has focus wherever it is. */
    public void press(String key, String code, int keyCode, String text) throws Exception {
        Map<String, Object> down =
                Map.of("type", "keyDown", "key", key, "code", code, "windowsVirtualKeyCode", keyCode, "text", text);
        send("Input.dispatchKeyEvent", down);
        send("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code", code));
    }

    public void size(int width, int height, double scale, boolean phone) throws Exception {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", scale, "mobile", phone));
    }

    public void theme(String scheme) throws Exception {
        send(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        java.util.List.of(
                                Map.of("name", "prefers-color-scheme", "value", scheme),
                                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    public void screenshot(Path file) throws Exception {
        JsonNode shot = send("Page.captureScreenshot", Map.of("format", "png"));
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, Base64.getDecoder().decode(shot.get("data").asString()));
    }

    /** What the page threw or wrote to its console as an error. */
    public Iterable<String> complaints() {
        return complaints;
    }

    @Override
    public void close() throws Exception {
        if (!first) {
            try {
                send("Page.close", Map.of());
            } catch (java.util.concurrent.ExecutionException between) {
                // On its way from one document to the next it cannot be closed; it goes with the browser.
            }
            socket.abort();
            return;
        }
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        // Its helpers write to the profile a moment longer.
        Awaitility.await().atMost(PATIENCE).until(() -> {
            try (Stream<Path> files = Files.walk(profile)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
                return true;
            } catch (IOException | java.io.UncheckedIOException busy) {
                return false;
            }
        });
    }

    /** Puts messages together and hands answers to whom they belong. */
    private static final class Ear implements WebSocket.Listener {
        private final Map<Integer, CompletableFuture<JsonNode>> pending;
        private final ConcurrentLinkedQueue<String> complaints;
        private final StringBuilder message = new StringBuilder();

        Ear(Map<Integer, CompletableFuture<JsonNode>> pending, ConcurrentLinkedQueue<String> complaints) {
            this.pending = pending;
            this.complaints = complaints;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                JsonNode whole = JSON.readTree(message.toString());
                message.setLength(0);
                heard(whole);
            }
            socket.request(1);
            return null;
        }

        private void heard(JsonNode whole) {
            if (whole.has("id")) {
                CompletableFuture<JsonNode> answer =
                        pending.remove(whole.get("id").asInt());
                if (answer != null && whole.has("error")) {
                    answer.completeExceptionally(
                            new IOException(whole.get("error").toString()));
                } else if (answer != null) {
                    answer.complete(whole.get("result"));
                }
                return;
            }
            String method = whole.path("method").asString("");
            String said = String.valueOf(whole.get("params"));
            boolean error = whole.at("/params/entry/level").asString("").equals("error");
            // A server that a test has stopped is no fault of the page.
            if (method.equals("Runtime.exceptionThrown")
                    || method.equals("Log.entryAdded") && error && !said.contains("net::ERR_")) {
                complaints.add(said);
            }
        }
    }
}
