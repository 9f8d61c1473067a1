package io.levee.guard.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings the tables up to date: numbered files of SQL, each applied once. A file {@code V2__x.sqlite.sql} stands for SQLite
 * alone; statements are parted by empty lines.
 */
final class Migrations {
    /** In their order; what has been applied anywhere is never changed. */
    private static final List<String> FILES = List.of("V1__tables", "V2__append_only", "V3__imports");

    private Migrations() {}

    static void apply(Database database) throws SQLException {
        database.write(Database.Turn.MIGRATION, connection -> {
            create(connection);
            int version = version(connection);
            if (version > FILES.size()) {
                throw newer(version);
            }
            for (int next = version + 1; next <= FILES.size(); next++) {
                run(connection, sql(FILES.get(next - 1), database.product()), next);
            }
            return true;
        });
    }

    /** What is wrong if a newer guard has changed the tables meanwhile; null if nothing is. */
    static @Nullable StoreException overtaken(Database database) throws SQLException {
        int version = database.read(Migrations::version);
        return version > FILES.size() ? newer(version) : null;
    }

    private static StoreException newer(int version) {
        return new StoreException("the tables have version " + version + ", and this guard knows " + FILES.size()
                + ": a newer guard made them; use that one or a back-up from before it");
    }

    private static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS guard_migration (version INTEGER PRIMARY KEY, file TEXT NOT NULL)");
        }
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COALESCE(MAX(version), 0) FROM guard_migration")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static void run(Connection connection, String sql, int version) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String one : sql.split("\\n\\s*\\n", -1)) {
                statement.execute(one);
            }
        }
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO guard_migration (version, file) VALUES (?, ?)")) {
            insert.setInt(1, version);
            insert.setString(2, FILES.get(version - 1));
            insert.executeUpdate();
        }
    }

    private static String sql(String name, String product) {
        boolean sqlite = product.equals("sqlite");
        try (InputStream own = Migrations.class.getResourceAsStream(name + "." + product + ".sql");
                InputStream common = Migrations.class.getResourceAsStream(name + ".sql")) {
            InputStream file = own == null ? common : own;
            if (file == null) {
                throw new IllegalStateException("no migration " + name + " for " + product);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("${BYTES}", sqlite ? "BLOB" : "BYTEA")
                    // Rows lie in their key's order, without a second tree.
                    .replace("${CLUSTERED}", sqlite ? "WITHOUT ROWID" : "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
