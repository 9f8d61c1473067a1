package io.levee.idempotency;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class PostgresStoreTest extends StoreContract {
    private static EmbeddedPostgres server;
    private static JdbcStore store;

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        store = JdbcStore.on(server.getPostgresDatabase());
        store.createTable();
        store.createTable();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Override
    IdempotencyStore store() {
        return store;
    }

    @Override
    IdempotencyStore another() {
        return store; // each step has a connection of its own
    }

    @Test
    void aServerThatIsAwayIsAStoreException() {
        PGSimpleDataSource away = new PGSimpleDataSource();
        away.setServerNames(new String[] {"127.0.0.1"});
        away.setPortNumbers(new int[] {1});
        assertThatThrownBy(() -> JdbcStore.on(away)).isInstanceOf(StoreException.class);
    }
}
