package io.levee.cli;

import io.levee.guard.store.StoreSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a guard keeps everything: one of the two. */
final class StorePlace {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The guard's folder: everything is kept there, in SQLite.")
    private @Nullable Path data;

    @Option(
            names = "--database",
            paramLabel = "URL",
            description = "Everything is kept in PostgreSQL: jdbc:postgresql://host/database. Its user and password:"
                    + " LEVEE_DATABASE_USER and LEVEE_DATABASE_PASSWORD.")
    private @Nullable String database;

    boolean isGiven() {
        return data != null || database != null;
    }

    StoreSettings settings() {
        if ((data == null) == (database == null)) {
            throw new UserError("give --data DIR or --database URL, one of the two");
        }
        Path folder = data;
        if (folder != null) {
            return StoreSettings.folder(folder);
        }
        return Given.option(
                "--database",
                String.valueOf(database),
                url -> StoreSettings.postgres(
                        url, System.getenv("LEVEE_DATABASE_USER"), System.getenv("LEVEE_DATABASE_PASSWORD")));
    }
}
