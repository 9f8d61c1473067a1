package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.story.Story;
import io.levee.story.StoryOptions;
import io.levee.story.StoryReport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The story with its real processes, cut short: what it claims must come out on any machine, however slow. */
class StoryTest {
    @Test
    void theIncidentIsSeenAndTheCanaryIsAborted() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        StoryOptions whole = StoryOptions.standard(Main.class.getName());
        try (Story story = Story.begin(new StoryOptions(whole.levee(), 3, 6, 90), lines::add)) {
            StoryReport report = story.play();

            assertThat(lines).as("what it told").isNotEmpty();
            assertThat(report.before().orders()).as("orders, %s", lines).isPositive();
            assertThat(report.before().failed()).as("failures, %s", lines).isPositive();
            assertThat(report.gateExitCode()).as("the gate aborts, %s", lines).isEqualTo(20);
            assertThat(lines).anyMatch(line -> line.contains("ran the roll-back, exit code 0"));
            // By how much the second act is better is the machine's affair; that it was counted is not.
            assertThat(report.before().budgetUsedPercent()).isPositive();
            assertThat(report.after().budgetUsedPercent()).isPositive();
            assertThat(report.trace()).as("a trace at the pin").isNotNull();
            String page = get(report.trace(), null);
            assertThat(page).contains("orders-before", "inventory-before", Story.BROKEN_FIELD);
            assertThat(get(story.console() + "/api/v1/slos", story.token()))
                    .contains("\"order-submit\"", "\"order-submit-before\"", "\"inventory-reserve\"");
        }
    }

    private static String get(String uri, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }
}
