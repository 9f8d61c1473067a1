package io.levee.guard.slo.openslo;

import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Terms;
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
public record Watched(
        String name,
        Slo slo,
        int index,
        @Nullable Sli indicator,
        @Nullable String reason) {
    /**
     * All objectives of all documents.
     *
     * @param catalog the documents
     * @return in the order of the documents
     */
    public static List<Watched> of(Catalog catalog) {
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

    /**
     * One of them.
     *
     * @param catalog the documents
     * @param name the name that addresses and metrics give it
     * @return the objective
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Watched find(Catalog catalog, String name) {
        List<Watched> all = of(catalog);
        for (Watched each : all) {
            if (each.name.equals(name)) {
                return each;
            }
        }
        throw new IllegalArgumentException("there is no SLO '" + name + "'"
                + Suggestion.wayOut(name, all.stream().map(Watched::name).toList()));
    }

    /**
     * Under which name events are counted.
     *
     * @return the document's
     */
    public String counted() {
        return slo.name();
    }

    /**
     * What is promised.
     *
     * @return this objective's terms
     */
    public Terms terms() {
        return slo.terms(index);
    }

    /**
     * What was promised, or is.
     *
     * @param at when
     * @return the target then
     */
    public Ratio target(Instant at) {
        return terms().at(at).target();
    }
}
