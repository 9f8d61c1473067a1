package io.levee.guard.slo.openslo;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When somebody is told, and who. Immutable.
 *
 * @param metadata name, labels, annotations
 * @param description for people
 * @param alertWhenNoData whether to tell that there is no data
 * @param alertWhenBreaching whether to tell that the condition holds
 * @param alertWhenResolved whether to tell that it no longer does
 * @param condition the condition, if it stands here
 * @param conditionRef the name of an AlertCondition, otherwise
 * @param targets the notification targets that stand here
 * @param targetRefs the names of AlertNotificationTargets
 * @param tree the whole document
 */
public record AlertPolicy(
        Metadata metadata,
        @Nullable String description,
        boolean alertWhenNoData,
        boolean alertWhenBreaching,
        boolean alertWhenResolved,
        @Nullable AlertCondition condition,
        @Nullable String conditionRef,
        List<AlertNotificationTarget> targets,
        List<String> targetRefs,
        Map<String, @Nullable Object> tree)
        implements OpenSloObject {}
