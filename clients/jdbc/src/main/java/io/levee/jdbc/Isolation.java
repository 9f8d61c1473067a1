package io.levee.jdbc;

import java.sql.Connection;

/** How much a transaction sees of others that run at the same time (SQL standard, the four levels). */
public enum Isolation {
    /** Sees what others have not committed yet. */
    READ_UNCOMMITTED(Connection.TRANSACTION_READ_UNCOMMITTED),
    /** Each statement sees what was committed before it. */
    READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED),
    /** All statements see the same rows. */
    REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ),
    /** As if the transactions ran one after the other; the database refuses those for which it cannot keep that up. */
    SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE);

    private final int level;

    Isolation(int level) {
        this.level = level;
    }

    /** The constant of {@link Connection}. */
    int level() {
        return level;
    }
}
