package io.levee.guard.views;

import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Terms;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.Sli;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.web.WebException;
import io.levee.yaml.read.Suggestion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One objective of a document, under the name that addresses and metrics give it.
 *
 * @param name the document's, with a number behind it where the document has several objectives
 * @param slo the document
 * @param index which of its objectives
 * @param indicator what it counts; null if that is in none of the files, or the document is a composite
 * @param reason why it cannot be reckoned with; null if it can
 */
record Watched(
        String name,
        Slo slo,
        int index,
        @Nullable Sli indicator,
        @Nullable String reason) {
    static List<Watched> of(Catalog catalog) {
        List<Watched> watched = new ArrayList<>();
        for (Slo slo : catalog.slos()) {
            Sli indicator = null;
            String reason = null;
            try {
                indicator = catalog.sli(slo);
            } catch (IllegalArgumentException e) {
                reason = e.getMessage();
            }
            for (int i = 0; i < slo.objectives().size(); i++) {
                watched.add(new Watched(slo.name(i), slo, i, indicator, reason));
            }
        }
        return watched;
    }

    static Watched find(Catalog catalog, String name) {
        List<Watched> all = of(catalog);
        for (Watched each : all) {
            if (each.name.equals(name)) {
                return each;
            }
        }
        throw new WebException(
                404,
                "there is no SLO '" + name + "'"
                        + Suggestion.wayOut(
                                name, all.stream().map(Watched::name).toList()));
    }

    /** Under which name the store counts: by document. */
    String counted() {
        return slo.name();
    }

    Terms terms() {
        return slo.terms(index);
    }

    Ratio target(Instant at) {
        return terms().at(at).target();
    }
}
