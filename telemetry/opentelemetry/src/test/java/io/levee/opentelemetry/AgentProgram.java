package io.levee.opentelemetry;

import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.http.LeveeHttpClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** An application that knows nothing of telemetry: the agent and the jar on the class path do it. */
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
        int status = client.send(
                        HttpRequest.newBuilder(URI.create(args[0])).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
        System.out.println("status " + status);
    }
}
