package io.levee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.Levee;
import io.levee.RandomSource;
import io.levee.traffic.TrafficWeights;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Read-only transactions that go to a replica by weight: two databases that say who they are. */
class ReadWeightsTest {
    private static final Transaction<String> READ =
            Transaction.<String>named("read").readOnly();
    private static final Transaction<String> WRITE = Transaction.named("write");

    private final Levee primary = Levee.named("primary-db").build();
    private final Levee replica = Levee.named("replica-db").build();
    private final TrafficWeights weights =
            TrafficWeights.of(new LinkedHashMap<>(Map.of("primary", 100, "replica", 0)), RandomSource.seeded(42));
    private LeveeJdbc jdbc;

    @BeforeEach
    void databases() throws SQLException {
        DataSource one = database("primary");
        DataSource other = database("replica");
        jdbc = LeveeJdbc.builder(one, primary)
                .replica("replica", LeveeJdbc.on(other, replica))
                .readWeights(weights)
                .build();
    }

    @AfterEach
    void close() {
        primary.close();
        replica.close();
    }

    private static DataSource database(String name) throws SQLException {
        DataSource source = Db.h2("weights-" + name);
        Db.run(
                source,
                "DROP TABLE IF EXISTS me",
                "CREATE TABLE me (name VARCHAR(20))",
                "INSERT INTO me VALUES ('" + name + "')");
        return source;
    }

    private int readsOfTheReplica(Transaction<String> kind) throws SQLException {
        int replicas = 0;
        for (int i = 0; i < 1000; i++) {
            String answer = jdbc.<String, SQLException>transaction(kind, connection -> {
                try (var statement = connection.createStatement();
                        var row = statement.executeQuery("SELECT name FROM me")) {
                    row.next();
                    return row.getString(1);
                }
            });
            replicas += answer.equals("replica") ? 1 : 0;
        }
        return replicas;
    }

    @Test
    void theWeightsSayWhereReadsGoAndCanBeChangedAtAnyTime() throws Exception {
        assertThat(readsOfTheReplica(READ)).isZero();
        Map<String, Integer> before = weights.shift("primary", "replica", 25);
        // 250 expected of 1000; six standard deviations are 82.
        assertThat(readsOfTheReplica(READ)).isBetween(168, 332);
        weights.set(Map.of("primary", 0, "replica", 1));
        assertThat(readsOfTheReplica(READ)).isEqualTo(1000);
        weights.set(before);
        assertThat(readsOfTheReplica(READ)).isZero();
    }

    @Test
    void whatMayWriteStaysOnThePrimary() throws Exception {
        weights.set(Map.of("primary", 0, "replica", 1));
        assertThat(readsOfTheReplica(WRITE)).isZero();
    }

    @Test
    void theReplicaIsADownstreamOfItsOwn() throws Exception {
        weights.set(Map.of("primary", 0, "replica", 1));
        assertThatThrownBy(() -> jdbc.transaction(READ, connection -> {
                    throw new IllegalStateException("the user's");
                }))
                .satisfies(thrown ->
                        assertThat(io.levee.Decision.of(thrown).downstream()).isEqualTo("replica-db"));
    }

    @Test
    void targetsThatDoNotFitAreRefused() {
        LeveeJdbc other = LeveeJdbc.on(Db.h2("weights-replica"), replica);
        DataSource source = Db.h2("weights-primary");
        assertThatThrownBy(() -> LeveeJdbc.builder(source, primary)
                        .replica("b", other)
                        .readWeights(weights)
                        .build())
                .hasMessageContaining("replica")
                .hasMessageContaining("[b, primary]");
        assertThatThrownBy(() ->
                        LeveeJdbc.builder(source, primary).replica("b", other).build())
                .hasMessageContaining("readWeights");
        assertThatThrownBy(() -> LeveeJdbc.builder(source, primary).replica("primary", other))
                .hasMessageContaining("taken");
    }
}
