package io.levee.idempotency;

/** Where the two databases differ. */
enum Dialect {
    /** 3.42 or newer. */
    SQLITE("BLOB", "CAST(unixepoch('subsec') * 1000 AS INTEGER)", "max"),
    POSTGRESQL("BYTEA", "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)", "greatest");

    private final String bytes;
    private final String nowMillis;
    private final String greatest;

    Dialect(String bytes, String nowMillis, String greatest) {
        this.bytes = bytes;
        this.nowMillis = nowMillis;
        this.greatest = greatest;
    }

    static Dialect of(String product) {
        return switch (product) {
            case "SQLite" -> SQLITE;
            case "PostgreSQL" -> POSTGRESQL;
            default ->
                throw new StoreException(
                        "idempotency records can be kept in SQLite or PostgreSQL; the database is " + product);
        };
    }

    /** The type of a column of bytes. */
    String bytes() {
        return bytes;
    }

    /** The database's own clock, in milliseconds since 1970. */
    String nowMillis() {
        return nowMillis;
    }

    String greatest(String one, String other) {
        return greatest + '(' + one + ", " + other + ')';
    }
}
