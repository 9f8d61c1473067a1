package io.levee.lab.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Function;

/**
 * Retries as people write them: three attempts, a short pause, a timeout for each attempt. Not a straw man: it is bounded,
 * does not retry what can't succeed, and keeps interrupts. What it lacks is what cannot be seen from within one call: how
 * all the others fare.
 */
final class NaiveStockClient implements StockClient {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Http http;
    private final HttpClient client;
    private final Function<String, URI> uri;
    private final Stage stage;

    NaiveStockClient(Function<String, URI> uri, Stage stage) {
        this.uri = uri;
        this.stage = stage;
        http = new Http("naive");
        client = http.client();
    }

    @Override
    public Stock stock(String sku) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri.apply(sku))
                .timeout(Duration.ofMillis(ATTEMPT_TIMEOUT_MILLIS))
                .build();
        IOException last = new IOException("no attempt was made");
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 200) {
                    return new Stock(response.body(), false);
                }
                last = new IOException("inventory answered " + response.statusCode());
            } catch (IOException failed) {
                last = failed;
            }
            if (attempt < ATTEMPTS) {
                stage.sleepUntil(stage.time().nanoTime() + PAUSE.toNanos());
            }
        }
        throw last;
    }

    @Override
    public Guard guard() {
        return Guard.NONE;
    }

    @Override
    public void close() {
        http.close();
    }
}
