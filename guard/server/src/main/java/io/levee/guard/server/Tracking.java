package io.levee.guard.server;

import io.levee.guard.ingest.PrometheusPoll;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.store.Tracked;
import java.util.ArrayList;
import java.util.List;

/** What a store counts, of what the documents say. */
final class Tracking {
    private static final System.Logger LOG = System.getLogger(Tracking.class.getName());

    private Tracking() {}

    /** All objectives but composites; one that Prometheus counts counts no events, if it is asked. */
    static List<Tracked> of(Catalog catalog, boolean asksPrometheus) {
        List<Tracked> tracked = new ArrayList<>();
        for (Slo slo : catalog.slos()) {
            if (!slo.isComposite()) {
                try {
                    boolean fetched = asksPrometheus && PrometheusPoll.isFor(catalog, slo);
                    tracked.add(new Tracked(
                            slo.name(), fetched ? PrometheusPoll.matcher(slo) : slo.matcher(catalog.sli(slo))));
                } catch (IllegalArgumentException e) {
                    LOG.log(System.Logger.Level.WARNING, "not counted: " + e.getMessage());
                }
            }
        }
        return tracked;
    }
}
