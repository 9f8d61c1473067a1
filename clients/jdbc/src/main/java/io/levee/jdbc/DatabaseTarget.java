package io.levee.jdbc;

import io.levee.CallTarget;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where transactions go, as telemetry shows it; nothing of it is known before the first connection. */
final class DatabaseTarget implements CallTarget {
    private final Supplier<@Nullable Database> learnt;

    DatabaseTarget(Supplier<@Nullable Database> learnt) {
        this.learnt = learnt;
    }

    private DatabaseName known() {
        Database database = learnt.get();
        return database == null ? DatabaseName.UNKNOWN : database.name();
    }

    @Override
    public String protocol() {
        return "db";
    }

    @Override
    public String method() {
        return "transaction";
    }

    @Override
    public @Nullable String system() {
        return known().system();
    }

    @Override
    public @Nullable String namespace() {
        return known().namespace();
    }

    @Override
    public @Nullable String address() {
        return known().address();
    }

    @Override
    public int port() {
        return known().port();
    }
}
