package io.levee.idempotency;

import java.sql.SQLException;

/**
 * The work of a key was taken over by another owner while this one was paused or cut off, or its record is not in this
 * database: what is in the transaction must not be committed.
 */
public class FenceLostException extends SQLException {
    private static final long serialVersionUID = 1L;

    FenceLostException(long fence) {
        super("the record of this idempotency key is not running under the token " + fence
                + " any more (taken over or expired), or is not in this database: roll back");
    }
}
