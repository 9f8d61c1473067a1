package io.levee.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.server.Services.Hops;
import io.levee.server.Services.Service;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Three layers of three attempts each: a client calls A, A calls B, B calls C, and C is down. How many calls C gets for one call
 * of the client's. Real services on loopback: A on Jetty, B and C on the JDK's server.
 */
class AmplificationTest {
    private static final int CALLS = 20;
    private static final int ATTEMPTS = 3;
    private static final String BEGIN = "<!-- amplification -->";
    private static final String END = "<!-- end of amplification -->";

    private record Row(String fault, String hops, double a, double b, double c) {
        String markdown() {
            return String.format(
                    Locale.ROOT, "| %s | %s | %.1f | %.1f | %.1f | %.2f |", fault, hops, a, b, c, c / ATTEMPTS);
        }
    }

    private static Row measured(String fault, String title, boolean answers, Hops hops) throws Exception {
        try (Services services = new Services()) {
            Service c = services.down(answers);
            Service b = services.jdk(hops, c);
            Service a = services.jetty(hops, b);
            HttpClient client = services.client("a");
            for (int i = 0; i < CALLS; i++) {
                assertThat(Services.ask(client, a.uri())).isEqualTo(502);
            }
            return new Row(
                    fault,
                    title,
                    a.requests().doubleValue() / CALLS,
                    b.requests().doubleValue() / CALLS,
                    c.requests().doubleValue() / CALLS);
        }
    }

    @Test
    void threeLayersOfThreeAttemptsSendWhatOneWould() throws Exception {
        List<Row> rows = new ArrayList<>();
        for (boolean answers : new boolean[] {true, false}) {
            String fault = answers ? "C answers 503" : "C closes the connection";
            Row without = measured(fault, "neither", answers, Hops.NONE);
            Row with = measured(fault, "`levee-server` in A and B", answers, Hops.BOTH);
            rows.add(without);
            rows.add(with);

            assertThat(without.c()).as("without, %s", fault).isEqualTo(27.0);
            assertThat(with.c() / ATTEMPTS).as("with, %s", fault).isLessThanOrEqualTo(1.1);
        }
        Row lost = measured("C answers 503", "`levee-server`, B's word lost on its way", true, Hops.ATTEMPT_ONLY);
        rows.add(lost);
        assertThat(lost.c()).isEqualTo(5.0);

        StringBuilder table = new StringBuilder();
        table.append(
                "| fault | A and B | requests at A | at B | at C | at C, of one layer's 3 |\n|---|---|---|---|---|---|\n");
        rows.forEach(row -> table.append(row.markdown()).append('\n'));
        System.out.println(table);
        String page = Files.readString(Path.of("..", "docs", "server-side.md"));
        int from = page.indexOf(BEGIN);
        int to = page.indexOf(END);
        assertThat(from)
                .as("place of the table in docs/server-side.md")
                .isNotNegative()
                .isLessThan(to);
        assertThat(page.substring(from + BEGIN.length(), to).strip())
                .isEqualTo(table.toString().strip());
    }
}
