package io.levee.guard.server;

import io.levee.guard.ingest.NdjsonImport;
import io.levee.guard.server.TokenStore.Issued;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreException;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import io.levee.guard.web.Role;
import io.levee.yaml.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a guard keeps, for whoever owns the folder or the database, without the guard. SQLite's folder is one process's at a time, so
 * its guard must be stopped; on PostgreSQL guards may run meanwhile. Not thread-safe.
 */
public final class GuardData implements AutoCloseable {
    /** What the record calls whoever was at the data themselves. */
    static final String OWNER = "owner-of-the-data";

    private static final String RECOVERED = "recovered-admin";

    private final StoreSettings settings;
    private final Store store;

    private GuardData(StoreSettings settings, Store store) {
        this.settings = settings;
        this.store = store;
    }

    /**
     * Opens it.
     *
     * @param settings where it is
     * @return close it
     * @throws IllegalArgumentException if no guard has kept anything in this folder: a folder that is mistyped is not to be made
     * @throws StoreException if it cannot be opened, as while a guard runs on the folder
     */
    public static GuardData open(StoreSettings settings) {
        Path folder = settings.folder();
        if (folder != null && !Files.isRegularFile(folder.resolve("guard.db"))) {
            throw new IllegalArgumentException("no guard has kept anything in " + folder
                    + ": there is no guard.db; name the folder of its --data");
        }
        return new GuardData(settings, Stores.open(settings));
    }

    /**
     * A fresh admin token.
     *
     * @param token what it is, known nowhere else
     * @param name its name
     * @param revoked names of the admin tokens that are good no longer
     * @param others names of those that still are
     */
    public record Admin(String token, String name, List<String> revoked, List<String> others) {}

    /**
     * Makes an admin token, for when the last one is lost. It is on the record, with who was it: the owner of the data.
     *
     * @param revokeOthers whether all other admin tokens end
     * @return the token
     * @throws StoreException if it cannot be recorded
     */
    public Admin resetAdmin(boolean revokeOthers) {
        try (TokenStore tokens = new TokenStore(store.ledger(), settings.clock())) {
            List<Issued> before = tokens.live();
            List<String> admins = before.stream()
                    .filter(each -> each.role() == Role.ADMIN)
                    .map(Issued::name)
                    .toList();
            String name = RECOVERED;
            for (int number = 2; isTaken(name, before); number++) {
                name = RECOVERED + '-' + number;
            }
            String token = tokens.issue(name, Role.ADMIN, null, OWNER).token();
            if (revokeOthers) {
                before.stream()
                        .filter(each -> each.role() == Role.ADMIN)
                        .forEach(each -> tokens.revoke(each.id(), OWNER));
            }
            return new Admin(token, name, revokeOthers ? admins : List.of(), revokeOthers ? List.of() : admins);
        }
    }

    private static boolean isTaken(String name, List<Issued> tokens) {
        return tokens.stream().anyMatch(each -> each.name().equals(name));
    }

    /**
     * From now on counts for the objectives of these documents, as a guard does that asks no Prometheus.
     *
     * @param slos the folder of the OpenSLO files, the same one that the guard is given
     * @throws IllegalArgumentException if a file is wrong: what it is about would not be counted, and never could be
     */
    public void track(Path slos) {
        CatalogFolder catalog = new CatalogFolder(slos);
        catalog.refresh();
        List<Problem> problems = catalog.problems();
        if (!problems.isEmpty()) {
            List<String> lines = new ArrayList<>();
            problems.forEach(problem -> lines.add(problem.toString()));
            throw new IllegalArgumentException(String.join("\n", lines));
        }
        store.track(Tracking.of(catalog.get(), false));
    }

    /**
     * Where an import goes.
     *
     * @return counts for what is {@link #track tracked}
     */
    public NdjsonImport.Target imports() {
        return NdjsonImport.Target.of(store);
    }

    @Override
    public void close() {
        store.close();
    }
}
