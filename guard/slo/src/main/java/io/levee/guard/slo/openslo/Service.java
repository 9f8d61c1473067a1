package io.levee.guard.slo.openslo;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A service, to which objectives belong. Immutable.
 *
 * @param metadata name, labels, annotations
 * @param description for people
 * @param tree the whole document
 */
public record Service(Metadata metadata, @Nullable String description, Map<String, @Nullable Object> tree)
        implements OpenSloObject {}
