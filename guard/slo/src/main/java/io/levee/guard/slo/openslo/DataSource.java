package io.levee.guard.slo.openslo;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A system that metrics come from. Immutable.
 *
 * @param metadata name, labels, annotations
 * @param description for people
 * @param type such as {@code Prometheus}
 * @param tree the whole document, with the connection's details under {@code spec}
 */
public record DataSource(
        Metadata metadata, @Nullable String description, String type, Map<String, @Nullable Object> tree)
        implements OpenSloObject {}
