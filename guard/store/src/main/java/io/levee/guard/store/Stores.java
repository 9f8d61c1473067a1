package io.levee.guard.store;

/** Opens stores. */
public final class Stores {
    private Stores() {}

    /**
     * Opens a store, and makes or brings up to date what is missing in its database.
     *
     * @param settings where, and for how long things are kept
     * @return the store; close it in the end
     * @throws StoreException if the folder is in use by another guard or cannot be written to, PostgreSQL cannot be reached,
     *     or a newer guard made the tables
     */
    public static Store open(StoreSettings settings) {
        if (settings.folder() != null) {
            return SqlStore.open(SqliteDatabase.open(settings.folder()), settings);
        }
        return SqlStore.open(PostgresDatabase.open(settings, String.valueOf(settings.url())), settings);
    }
}
