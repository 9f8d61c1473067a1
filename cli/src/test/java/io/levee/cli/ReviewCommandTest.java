package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.server.Guard;
import io.levee.guard.server.GuardSettings;
import io.levee.guard.store.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The review from files, and with a guard that runs. */
class ReviewCommandTest {
    private static final String SLO_FILE = "../docs/examples/order-submit.yaml";
    private static final String EVENTS = "../docs/examples/events.ndjson";
    private static final String TICKETS = "../docs/examples/tickets.csv";

    @TempDir
    private Path folder;

    private static Ran offline(String... more) {
        List<String> line = new ArrayList<>(List.of(
                "review",
                "prepare",
                "--month",
                "2026-11",
                "--slo",
                SLO_FILE,
                "--events",
                EVENTS,
                "--at",
                "2026-12-01T00:00:00Z"));
        line.addAll(List.of(more));
        return Ran.run(line.toArray(String[]::new));
    }

    @Test
    void minutesAreWrittenFromFilesAlone() throws IOException {
        Path file = folder.resolve("minutes.md");
        Ran ran = offline("--tickets", TICKETS, "-o", file.toString());
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("no objective is about the services account, shipping, search");
        assertThat(Files.readString(file))
                .startsWith("# Review of the objectives, 2026-11")
                .contains("## order-submit")
                .contains("| 付款失败 | 8 |")
                .contains("| Checkout Failed | 7 |");
        JsonNode json = JsonMapper.shared().readTree(offline("--json").out());
        assertThat(json.path("slos").path(0).path("total").asInt()).isEqualTo(65);
        assertThat(json.path("slos").path(0).path("spentByCause")).isNotEmpty();
    }

    @Test
    void mistakesAreToldInOneLine() throws IOException {
        offline("--guard", "http://127.0.0.1:1").isAUsersMistake("leave out --guard");
        offline("--zone", "Mars").isAUsersMistake("--zone: 'Mars' is no time zone");
        Path wrong = Files.writeString(folder.resolve("wrong.csv"), "id,time,text\n1,soon,x\n");
        assertThat(offline("--tickets", wrong.toString()).err()).contains("line 2: time is 'soon'");
        Ran.run("review", "prepare", "--month", "2026-11", "--slo", SLO_FILE)
                .isAUsersMistake("both --slo and --events");
        Ran.run("review", "prepare", "--month", "may", "--slo", SLO_FILE, "--events", EVENTS)
                .isAUsersMistake("--month: 'may'");
        Ran.run("review").isAUsersMistake("which command? prepare, import-tickets, propose, vote");
    }

    @Test
    void fiveRolesVoteThroughAGuard() throws IOException {
        Path slos = Files.createDirectory(folder.resolve("slo"));
        Files.copy(Path.of(SLO_FILE), slos.resolve("order-submit.yaml"));
        String month = YearMonth.now(ZoneOffset.UTC).toString();
        try (Guard guard = Guard.start(new GuardSettings(slos, StoreSettings.folder(folder.resolve("data"))).port(0))) {
            token("admin", guard.firstToken());
            for (String name : List.of("product", "development", "sre", "support")) {
                Ran made = ask(guard, "admin", "token", "create", name, "--role", "release");
                assertThat(made.exit()).as(made.err()).isZero();
                token(name, made.out().strip());
            }
            String now = java.time.Instant.now().toString();
            Path tickets = Files.writeString(
                    folder.resolve("now.csv"), "id,time,text\n1," + now + ",付款失败\n2," + now + ",又付款失败\n");
            assertThat(ask(guard, "sre", "review", "import-tickets", tickets.toString())
                            .out())
                    .isEqualTo("2 tickets read, 2 of them new; months: " + month + "\n");
            Ran proposed = ask(
                    guard,
                    "sre",
                    "review",
                    "propose",
                    "--month",
                    month,
                    "--slo",
                    "order-submit",
                    "--target",
                    "99.9%",
                    "--reason",
                    "half of it is unused");
            assertThat(proposed.out()).as(proposed.err()).contains("to 0.999, to be voted on until ");
            String id = proposed.out().split("[ :]")[1];
            for (String name : List.of("product", "development", "sre")) {
                assertThat(vote(guard, name, id).out()).startsWith("open: ");
            }
            Ran accepted = vote(guard, "support", id);
            assertThat(accepted.out())
                    .startsWith("accepted: 4 yes, 0 no of 5; 4 yes are needed\nin force from ")
                    .contains("+++ b/order-submit.yaml", "+    levee.io/earlier-targets: |");
            vote(guard, "sre", id).isAUsersMistake("the vote has ended: accepted");
            Ran minutes = ask(guard, "product", "review", "prepare", "--month", month);
            assertThat(minutes.out())
                    .as(minutes.err())
                    .contains(": 0.9995 to 0.999, accepted", "``````diff", "2 tickets (2 of them name no service)");
        }
    }

    private Ran vote(Guard guard, String role, String id) throws IOException {
        return ask(guard, role, "review", "vote", id, "yes", "--role", role, "--reason", "as " + role);
    }

    private Ran ask(Guard guard, String token, String... line) {
        List<String> all = new ArrayList<>(List.of(line));
        all.addAll(List.of(
                "--guard",
                guard.uri().toString(),
                "--token-file",
                folder.resolve(token + ".token").toString()));
        return Ran.run(all.toArray(String[]::new));
    }

    private void token(String name, String token) throws IOException {
        Files.writeString(folder.resolve(name + ".token"), token + "\n");
    }
}
