package io.levee.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The small table in which {@link Transaction#idempotencyRecord} leaves its rows. Create it once with {@link #ddl} in the
 * schema of the data it stands for; a row is a few dozen bytes, and can be deleted when nobody will repeat its key any
 * more. Immutable.
 */
public final class IdempotencyTable {
    /** The table's name unless another is set. */
    public static final String DEFAULT_NAME = "levee_idempotency";

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)?");

    private final String name;

    IdempotencyTable(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("the idempotency table's name must be letters, digits and underscores,"
                    + " with a schema in front if need be; got '" + name + "'");
        }
        this.name = name;
    }

    /**
     * The statement that creates the table.
     *
     * @param product as {@link java.sql.DatabaseMetaData#getDatabaseProductName()} gives it; for an unknown one, what the
     *     SQL standard says
     * @param tableName the name, with a schema in front if need be
     * @return one statement, without a semicolon
     * @throws IllegalArgumentException if the name is not one
     */
    public static String ddl(String product, String tableName) {
        String table = new IdempotencyTable(tableName).name;
        return switch (Product.of(product)) {
            // Keys are compared byte by byte everywhere: the usual collations of these two do not tell a from A.
            case MYSQL ->
                create(
                        table,
                        "VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                        "VARCHAR(64)",
                        "TIMESTAMP(6)",
                        "CURRENT_TIMESTAMP(6)");
            case SQL_SERVER ->
                create(
                        table,
                        "NVARCHAR(200) COLLATE Latin1_General_100_BIN2",
                        "VARCHAR(64)",
                        "DATETIME2",
                        "SYSUTCDATETIME()");
            case ORACLE -> create(table, "VARCHAR2(200 CHAR)", "VARCHAR2(64)", "TIMESTAMP", "SYSTIMESTAMP");
            case ANY, POSTGRESQL, H2 -> create(table, "VARCHAR(200)", "VARCHAR(64)", "TIMESTAMP", "CURRENT_TIMESTAMP");
        };
    }

    private static String create(String table, String key, String text, String instant, String now) {
        return "CREATE TABLE " + table + " (\n"
                + "  idempotency_key " + key + " NOT NULL PRIMARY KEY,\n"
                + "  committed_by " + text + " NOT NULL,\n"
                + "  committed_at " + instant + " DEFAULT " + now + " NOT NULL\n"
                + ")";
    }

    String name() {
        return name;
    }

    /** Puts the row in; one that is there already is a violated constraint, once its own transaction has ended. */
    void insert(Connection connection, String key, String committer) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO " + name + " (idempotency_key, committed_by) VALUES (?, ?)")) {
            insert.setString(1, key);
            insert.setString(2, committer);
            insert.executeUpdate();
        }
    }

    /** Who committed with a key, or null. */
    @Nullable
    String committer(Connection connection, String key) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT committed_by FROM " + name + " WHERE idempotency_key = ?")) {
            select.setString(1, key);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }
}
