package io.levee.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
    @TempDir
    static Path directory;

    private static JdbcStore one;
    private static JdbcStore two;

    @BeforeAll
    static void open() {
        one = JdbcStore.sqlite(directory.resolve("records.db"));
        two = JdbcStore.sqlite(directory.resolve("records.db"));
    }

    @AfterAll
    static void close() {
        one.close();
        two.close();
    }

    @Override
    IdempotencyStore store() {
        return one;
    }

    @Override
    IdempotencyStore another() {
        return two;
    }

    @Test
    void expiredRecordsAreDeleted() {
        JdbcStore own = JdbcStore.sqlite(directory.resolve("purge.db"));
        own.claim(new IdempotencyStore.Wish("a", "f", Duration.ofHours(1), Duration.ofMillis(-1), 0));
        own.claim(new IdempotencyStore.Wish("b", "f", Duration.ofHours(1), Duration.ofHours(1), 0));
        assertThat(own.purge()).isEqualTo(1);
        assertThat(own.purge()).isZero();
        own.close();
    }

    @Test
    void aFileThatIsNoDatabaseIsNamed() throws Exception {
        Path text = Files.writeString(
                directory.resolve("notes.txt"), "not a database, but long enough to be read\n".repeat(99));
        assertThatThrownBy(() -> JdbcStore.sqlite(text))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("notes.txt");
    }
}
