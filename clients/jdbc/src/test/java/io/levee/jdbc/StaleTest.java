package io.levee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.levee.Levee;
import io.levee.servers.Haproxy;
import io.levee.servers.Pauses;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pooled connections that the peer gives up just when they are lent again: no transaction fails of it, and none is done
 * twice. Behind a real PostgreSQL and a real pool, whose own check of idle connections is on, as by default.
 */
class StaleTest {
    /** Who gives the connection up after 2 s. */
    private enum Peer {
        /** Ends the session, and says so. */
        SERVER,
        /** Closes the connection. */
        BALANCER
    }

    @ParameterizedTest
    @EnumSource
    void pausesRoundThePeersPatience(Peer peer) throws Exception {
        against(peer, Pauses.roundTwoSeconds(20, 2));
    }

    /** As many side by side as a PostgreSQL of this size has sessions for. */
    @ParameterizedTest
    @EnumSource
    @Tag("full")
    void pausesRoundThePeersPatienceAtScale(Peer peer) throws Exception {
        against(peer, Pauses.roundTwoSecondsAtScale(200));
    }

    private static void against(Peer peer, Pauses pauses) throws Exception {
        int lanes = pauses.lanes();
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("max_connections", Integer.toString(lanes + 20));
        if (peer == Peer.SERVER) {
            builder.setServerConfig("idle_session_timeout", "2s");
        }
        Queue<Throwable> failed = new ConcurrentLinkedQueue<>();
        ExecutorService threads = Executors.newFixedThreadPool(lanes);
        try (EmbeddedPostgres server = builder.start();
                Haproxy balancer = peer == Peer.BALANCER
                        ? Haproxy.start("tcp", server.getPort(), "timeout client 2s\ntimeout server 2s", "")
                        : null) {
            DataSource direct = Db.POSTGRESQL.dataSource(server.getPort());
            DataSource source = balancer == null ? direct : Db.POSTGRESQL.dataSource(balancer.port());
            Db.run(direct, "CREATE TABLE work (id TEXT)");
            try (HikariDataSource pool = Db.pool(source, lanes, Duration.ofSeconds(20));
                    Levee levee = Levee.named("db").build()) {
                LeveeJdbc jdbc = LeveeJdbc.on(pool, levee);
                pauses.run((lane, pause) -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                jdbc.transaction(connection -> {
                                    try (PreparedStatement insert =
                                            connection.prepareStatement("INSERT INTO work VALUES (?)")) {
                                        insert.setString(1, lane + "." + pause);
                                        return insert.executeUpdate();
                                    }
                                });
                            } catch (Exception e) {
                                failed.add(e);
                            }
                        },
                        threads));
            }
            System.out.println(peer + ": " + Db.number(direct, "SELECT count(*) FROM work") + " transactions, failed: "
                    + failed.size());
            assertThat(failed).isEmpty();
            assertThat(Db.number(direct, "SELECT count(DISTINCT id) FROM work"))
                    .as("transactions that were done")
                    .isEqualTo(lanes * (pauses.pauses() + 1));
            assertThat(Db.number(direct, "SELECT count(*) FROM work"))
                    .as("none of them twice")
                    .isEqualTo(lanes * (pauses.pauses() + 1));
        } finally {
            threads.shutdownNow();
        }
    }
}
