package io.levee.guard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
    @TempDir
    private Path folder;

    @Override
    StoreSettings settings() {
        return StoreSettings.folder(folder.resolve("data"));
    }

    private Connection sqlite() throws Exception {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/guard.db"));
    }

    @Test
    void aSecondGuardOnTheFolderIsRefused() {
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("another guard runs on the folder " + folder.resolve("data"));
        store.close();
        store = open();
        assertThat(store.leads()).isTrue();
    }

    @Test
    void theDatabaseItselfRefusesToChangeTheRecord() throws Exception {
        store.ledger().append("gate.decision", null, "ci", Map.of());
        try (Connection connection = sqlite();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.executeUpdate("UPDATE ledger SET actor = 'x'"))
                    .hasMessageContaining("only ever appended to");
            assertThatThrownBy(() -> statement.executeUpdate("DELETE FROM ledger"))
                    .hasMessageContaining("only ever appended to");
        }
    }

    @Test
    void aNewerGuardsTablesAreLeftAlone() throws Exception {
        store.close();
        try (Connection connection = sqlite();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO guard_migration VALUES (99, 'V99')");
        }
        assertThatThrownBy(this::open).isInstanceOf(StoreException.class).hasMessageContaining("version 99");
    }

    @Test
    void aNoteOfAKindThatThisGuardDoesNotKnowIsRefusedInsteadOfReadWrong() {
        Packed.Writer out = new Packed.Writer();
        out.number(Samples.NOW.getEpochSecond());
        out.number(0);
        out.text("a trace");
        out.number(9);
        assertThatThrownBy(() -> Noted.read(new Packed.Reader(out.bytes())))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("kind 9, which this guard does not know: a newer guard wrote it");
    }

    @Test
    void whatIsNoFolderOrNoDatabaseIsTold() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "text");
        assertThatThrownBy(() -> Stores.open(StoreSettings.folder(file)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(file.toString());
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(
                other.resolve("guard.db"), "this is no database at all, but long enough to be looked at ".repeat(20));
        assertThatThrownBy(() -> Stores.open(StoreSettings.folder(other)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("guard.db");
    }

    @Test
    void aFullDiskLeavesNothingHalfCounted() throws Exception {
        store.append(List.of(Samples.good("a", Samples.NOW)));
        store.close();
        FullDisk disk = new FullDisk(SqliteDatabase.open(folder.resolve("data")));
        store = SqlStore.open(disk, settings().clock(clock));
        store.track(Samples.OBJECTIVES);
        disk.fill();
        assertThatThrownBy(() ->
                        store.append(List.of(Samples.good("a", Samples.NOW), Samples.good("b", Samples.NOW)), "batch"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("none of them is counted");
        assertThat(store.steps(
                        "orders",
                        new io.levee.guard.slo.TimeRange(Samples.NOW, Samples.NOW.plusSeconds(60)),
                        Duration.ofMinutes(1)))
                .hasSize(1)
                .allMatch(step -> step.tally().counts().total() == 1);
        disk.empty();
        assertThat(store.append(List.of(Samples.good("a", Samples.NOW), Samples.good("b", Samples.NOW)), "batch"))
                .isEqualTo(new Store.Appended(1, 1, 0, 0, 0));
        store.close();
        store = open();
        assertThat(store.append(List.of(Samples.good("b", Samples.NOW))).duplicates())
                .isEqualTo(1);
    }
}
