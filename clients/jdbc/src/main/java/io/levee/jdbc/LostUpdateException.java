package io.levee.jdbc;

/**
 * Another transaction changed the row first: an update that names the version it has read found no such row. Thrown by a
 * transaction's body, it rolls the transaction back and lets Levee repeat it on what is there now.
 *
 * <pre>{@code
 * LostUpdateException.ifNone(
 *         update.executeUpdate(),   // UPDATE account SET balance = ?, version = version + 1 WHERE id = ? AND version = ?
 *         "account " + id + ", version " + version);
 * }</pre>
 */
public final class LostUpdateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A lost update.
     *
     * @param what which row, with the version that was expected
     */
    public LostUpdateException(String what) {
        super(what);
    }

    /**
     * Throws if an update changed nothing.
     *
     * @param updateCount what {@link java.sql.PreparedStatement#executeUpdate()} answered
     * @param what which row, with the version that was expected
     * @throws LostUpdateException if the count is 0
     */
    public static void ifNone(int updateCount, String what) {
        if (updateCount == 0) {
            throw new LostUpdateException("lost update: no row was changed: " + what);
        }
    }
}
