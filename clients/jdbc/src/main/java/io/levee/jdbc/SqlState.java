package io.levee.jdbc;

/** The SQLStates that Levee itself uses. */
final class SqlState {
    /** SQL:2016, class 2D: invalid transaction termination. */
    static final String INVALID_TERMINATION = "2D000";

    /** ODBC, function sequence error: something is used at a time at which it must not. */
    static final String WRONG_TIME = "HY010";

    /** The standard's: a connection that failed, whatever the reason. */
    static final String CONNECTION_FAILURE = "08006";

    /** PostgreSQL and H2: query_canceled. */
    static final String CANCELLED = "57014";

    /** PostgreSQL and H2: unique_violation. */
    static final String UNIQUE_VIOLATION = "23505";

    /** The class of violated constraints, in the standard. */
    static final String CLASS_INTEGRITY = "23";

    /** PostgreSQL: an earlier statement failed and nobody rolled back; that earlier failure is the one that tells. */
    static final String IN_FAILED_TRANSACTION = "25P02";

    private SqlState() {}
}
