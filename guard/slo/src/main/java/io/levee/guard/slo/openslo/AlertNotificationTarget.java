package io.levee.guard.slo.openslo;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is told. Immutable.
 *
 * @param metadata name, labels, annotations
 * @param description for people
 * @param target such as {@code email}
 * @param tree the whole document
 */
public record AlertNotificationTarget(
        Metadata metadata, @Nullable String description, String target, Map<String, @Nullable Object> tree)
        implements OpenSloObject {}
