package io.levee.story;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** The roll-back command of the play: sets the canary's share of traffic. */
public final class WordMain {
    private WordMain() {}

    /**
     * Says one word.
     *
     * @param args whom to tell, and what
     * @throws IOException if nobody listens
     * @throws InterruptedException if this thread is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(args[0]).resolve("/word"))
                .POST(HttpRequest.BodyPublishers.ofString(args[1]))
                .build();
        int status = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
        System.out.println("the canary's share of traffic is " + args[1] + " % now");
        System.exit(status == 204 ? 0 : 1);
    }
}
