package io.levee.jdbc;

/** How far an attempt at a transaction has come: with the error code, it tells what became of the work. */
enum Stage {
    /** No connection yet: nothing has reached the database. */
    CONNECTING,
    /** In the transaction, COMMIT not sent: whatever ends it now, the database rolls it back. */
    OPEN,
    /** COMMIT was sent or may have been: only the answer tells. */
    COMMITTING
}
