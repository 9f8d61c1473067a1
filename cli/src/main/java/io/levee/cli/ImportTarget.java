package io.levee.cli;

import io.levee.Classifier;
import io.levee.Levee;
import io.levee.RetryBudget;
import io.levee.RetryPolicy;
import io.levee.guard.ingest.NdjsonImport;
import io.levee.guard.store.Imported;
import io.levee.guard.store.Store;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** A guard as an import's target. It knows which lines are in, so whatever gets no answer is sent again. */
final class ImportTarget implements NdjsonImport.Target, AutoCloseable {
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
    private static final int ATTEMPTS = 6;
    /** The attempts' own 20 s each, and the waits between them. */
    private static final Duration LONGEST = Duration.ofMinutes(3);

    private final GuardClient client;
    private final Levee guard;

    ImportTarget(GuardClient client) {
        this(
                client,
                RetryPolicy.exponential(FIRST_WAIT)
                        .cap(LONGEST_WAIT)
                        .attempts(ATTEMPTS)
                        .equalJitter());
    }

    ImportTarget(GuardClient client, RetryPolicy policy) {
        this.client = client;
        guard = Levee.named("guard")
                .retry(policy)
                .deadline(LONGEST)
                .noAttemptTimeout()
                // One caller that waits for each answer is no storm, and a retry for each ten calls would end a long
                // import
                // because of a guard that is restarted twice.
                .retryBudget(RetryBudget.ratio(1))
                .idempotent()
                .classifier(Classifier.standard()
                        .retryOn(GuardClient.Unreachable.class)
                        .finalOn(UserError.class))
                .build();
    }

    @Override
    public Imported imported(String name) {
        JsonNode answer = guard.call(attempt -> client.get("/api/v1/imports/" + GuardClient.part(name)));
        return new Imported(
                answer.path("lines").asLong(0), answer.path("digest").asString(""));
    }

    @Override
    public Store.Appended append(NdjsonImport.Part part) {
        Imported.Lines lines = part.lines();
        String path = "/api/v1/events?import=" + GuardClient.part(lines.name()) + "&from=" + lines.from() + "&to="
                + lines.to() + "&digest=" + GuardClient.part(lines.digest());
        JsonNode answer = guard.call(attempt -> client.postGzip(path, "application/x-ndjson", part.ndjson()));
        return new Store.Appended(
                answer.path("counted").asLong(0),
                answer.path("duplicates").asLong(0),
                answer.path("unmatched").asLong(0),
                answer.path("expired").asLong(0),
                answer.path("future").asLong(0));
    }

    @Override
    public void close() {
        guard.close();
    }
}
