package io.levee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levee.Decision;
import io.levee.Fate;
import io.levee.servers.PlayedRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each fault becomes on each database. The table of docs/clients.md is what this test writes; after a change of a
 * driver or of a rule, write it again with {@code mvn -pl clients/jdbc test -Dtest=FaultTableTest -Dlevee.golden=write}
 * and read the difference.
 */
class FaultTableTest {
    private static final Path DOC = Path.of("..", "..", "docs", "clients.md");
    private static final String OPENING = "<!-- faults of databases -->\n";
    private static final String CLOSING = "<!-- end of faults of databases -->\n";

    static List<Arguments> faults() {
        List<Arguments> all = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            for (Db db : Db.values()) {
                if (fault.isOn(db)) {
                    all.add(Arguments.of(fault, db));
                }
            }
        }
        return all;
    }

    /** Invariant 6: whatever goes wrong, there is one commit at the most, and the caller is told the truth about it. */
    @ParameterizedTest
    @MethodSource("faults")
    void nothingIsCommittedTwice(Fault fault, Db db) throws Exception {
        db.orSkip();
        Fault.tables(db);
        Trial.Ending ending = fault.play(db);
        int rows = db.number("SELECT count(*) FROM work");
        assertThat(rows).isLessThanOrEqualTo(1);
        if (ending.failure() == null) {
            assertThat(rows).isEqualTo(1);
        } else if (ending.last().fate() != Fate.SENT_NO_ANSWER) {
            assertThat(rows).isZero();
        }
    }

    @Test
    void theTableInTheDocumentIsWhatHappens() throws Exception {
        assumeTrue(
                MariaServer.isInstalled(),
                "SKIPPED: needs the Debian packages mariadb-server-core and mariadb-client-core");
        String document = Files.readString(DOC);
        int from = document.indexOf(OPENING) + OPENING.length();
        int to = document.indexOf(CLOSING);
        assertThat(to).as("markers in " + DOC).isGreaterThanOrEqualTo(from);
        if ("write".equals(System.getProperty("levee.golden"))) {
            Files.writeString(DOC, document.substring(0, from) + table(null) + document.substring(to));
        } else {
            String documented = document.substring(from, to);
            assertThat(table(documented)).isEqualTo(documented);
        }
    }

    private static String table(@Nullable String documented) throws Exception {
        StringBuilder rows =
                new StringBuilder("| fault | database | SQLState / vendor code | fate | verdict | the call ends"
                        + " with | body ran | rows |\n|---|---|---|---|---|---|---|---|\n");
        for (Fault fault : Fault.values()) {
            for (Db db : Db.values()) {
                if (fault.isOn(db)) {
                    rows.append(PlayedRow.of(documented, () -> row(fault, db)));
                }
            }
        }
        return rows.toString();
    }

    private static String row(Fault fault, Db db) throws Exception {
        Fault.tables(db);
        Trial.Ending ending = fault.play(db);
        return "| " + fault.title()
                + " | " + db.title()
                + " | " + firstFailure(ending)
                + " | " + end(ending)
                + " | " + ending.bodyRuns()
                + " | " + db.number("SELECT count(*) FROM work")
                + " |\n";
    }

    private static String firstFailure(Trial.Ending ending) {
        Decision first = ending.first();
        return ending.firstState() + " | " + first.fate() + " | "
                + (first.isRetry() ? "retry" : "final: " + first.stop()) + ", rule " + first.rule();
    }

    private static String end(Trial.Ending ending) {
        return ending.failure() == null
                ? "success"
                : ending.failure().getClass().getSimpleName() + ", "
                        + ending.last().stop();
    }
}
