package io.levee.story;

import org.jspecify.annotations.Nullable;

/**
 * How the play ended. Immutable.
 *
 * @param before without Levee and the guard
 * @param after with them
 * @param gateExitCode how {@code levee gate watch} ended; 20 for an abort
 * @param abortedAfterMs from the canary's first traffic to the end of the roll-back
 * @param curve where the curve with the incident's pin is
 * @param trace where one of its failures is seen; null if none was kept
 */
public record StoryReport(
        Side before,
        Side after,
        int gateExitCode,
        long abortedAfterMs,
        String curve,
        @Nullable String trace) {
    /**
     * One act.
     *
     * @param orders that customers sent
     * @param failed of them
     * @param reservationsPerOrder how often inventory was asked for each
     * @param budgetUsedPercent of the error budget of four weeks
     * @param budgetLeftMs of its 1,209,600 ms
     */
    public record Side(
            long orders, long failed, double reservationsPerOrder, double budgetUsedPercent, double budgetLeftMs) {}
}
