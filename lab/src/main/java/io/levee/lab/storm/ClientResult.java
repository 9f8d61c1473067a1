package io.levee.lab.storm;

import org.jspecify.annotations.Nullable;

/**
 * What became of one way of calling in a storm. The figures are of the calls that arrived in the scenario's measured time,
 * unless something else is said; p50 and p99 are of those that {@link Scenario#latencyOver()} says.
 *
 * @param client its name
 * @param calls calls that arrived
 * @param succeeded of them, those that succeeded before the caller left
 * @param successRate their share, 0 to 1
 * @param attempts attempts that were sent to the last service of the chain
 * @param amplification attempts per call
 * @param peakAmplification the same in the worst second, up to the end of the run
 * @param wastedShare the share of the last service's work that was done for callers that had gone
 * @param p50Ms median time of a success in milliseconds; NaN without one
 * @param p99Ms the time that 99 % of the successes took at most
 * @param recoverySeconds whole seconds from the end of the measured time to the first one from which on at least 99 % of
 *     each second's calls succeed; null if there is none
 * @param goodputAfter calls that succeeded per second in the 60 s after the measured time (or as long as the run goes on);
 *     NaN if the run ends there
 * @param attemptsPerClient in a herd: attempts for each client, over the whole run; else NaN
 * @param doneSeconds in a herd: when 99 % of the clients had succeeded; null if they had not, and without a herd
 * @param herdPeakToMean in a herd: the most retries sent in any second over their mean per second until then; else null
 * @param series second by second
 */
public record ClientResult(
        String client,
        long calls,
        long succeeded,
        double successRate,
        long attempts,
        double amplification,
        double peakAmplification,
        double wastedShare,
        double p50Ms,
        double p99Ms,
        @Nullable Integer recoverySeconds,
        double goodputAfter,
        double attemptsPerClient,
        @Nullable Double doneSeconds,
        @Nullable Double herdPeakToMean,
        Series series) {}
