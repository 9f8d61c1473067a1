package io.levee.guard.slo.openslo;

import io.levee.guard.slo.Ratio;
import io.levee.guard.slo.Span;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A condition on the burn rate. Immutable.
 *
 * @param metadata name, labels, annotations
 * @param description for people
 * @param severity such as {@code page}
 * @param op lte, gte, lt or gt; null if left out. Some documents have {@code lte}, which taken literally fires while little
 *     burns
 * @param threshold the burn rate
 * @param lookback over which time
 * @param after how long it must have held; null for at once
 * @param tree the whole document
 */
public record AlertCondition(
        Metadata metadata,
        @Nullable String description,
        String severity,
        @Nullable String op,
        Ratio threshold,
        Span lookback,
        @Nullable Span after,
        Map<String, @Nullable Object> tree)
        implements OpenSloObject {}
