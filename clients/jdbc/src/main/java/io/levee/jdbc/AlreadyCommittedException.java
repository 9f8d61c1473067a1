package io.levee.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The idempotency record says that another call has committed a transaction with this key: its work is done, and was not
 * done again. What that call returned is not known here.
 */
public final class AlreadyCommittedException extends SQLException {
    private static final long serialVersionUID = 1L;

    private final String key;

    AlreadyCommittedException(String key, String table, @Nullable Throwable cause) {
        super(
                "a transaction with the idempotency key '" + key + "' has been committed by another call; see table "
                        + table,
                SqlState.UNIQUE_VIOLATION,
                cause);
        this.key = key;
    }

    /**
     * The key.
     *
     * @return as it was given to {@link Transaction#idempotencyRecord(String)}
     */
    public String key() {
        return key;
    }
}
