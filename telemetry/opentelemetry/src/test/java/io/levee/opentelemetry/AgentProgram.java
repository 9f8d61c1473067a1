package io.levee.opentelemetry;

import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.http.LeveeHttpClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * An application that knows nothing of telemetry: the agent and the jar on the class path do it. Asks for the URL that it is
 * given, or for each that comes on standard input, until that ends.
 */
final class AgentProgram {
    private AgentProgram() {}

    public static void main(String[] args) throws Exception {
        Levee levee = Levee.named("inventory")
                .retry(RetryPolicy.fixed(Duration.ofMillis(5)).attempts(3))
                .noRetryBudget()
                .attemptTimeout(Duration.ofSeconds(60))
                .deadline(Duration.ofMinutes(3))
                .build();
        HttpClient client = LeveeHttpClient.wrap(HttpClient.newHttpClient(), levee);
        for (String url : args) {
            System.out.println("status " + status(client, url));
        }
        if (args.length == 0) {
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String url = input.readLine(); url != null; url = input.readLine()) {
                System.out.println("status " + status(client, url));
            }
        }
    }

    private static int status(HttpClient client, String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
