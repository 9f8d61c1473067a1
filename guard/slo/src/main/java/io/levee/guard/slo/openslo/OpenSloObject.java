package io.levee.guard.slo.openslo;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One document of a file. Immutable. */
public sealed interface OpenSloObject
        permits Slo, Sli, Service, DataSource, AlertPolicy, AlertCondition, AlertNotificationTarget {
    /**
     * Name, labels and annotations.
     *
     * @return the metadata
     */
    Metadata metadata();

    /**
     * The whole document as it was read: text, numbers ({@code Long}, {@code BigInteger}, {@code BigDecimal}), booleans,
     * lists and maps, with the fields that Levee does not know.
     *
     * @return cannot be modified
     */
    Map<String, @Nullable Object> tree();

    /**
     * What it is.
     *
     * @return the document's {@code kind}
     */
    default String kind() {
        return getClass().getSimpleName().equals("Slo")
                ? "SLO"
                : getClass().getSimpleName().equals("Sli") ? "SLI" : getClass().getSimpleName();
    }
}
