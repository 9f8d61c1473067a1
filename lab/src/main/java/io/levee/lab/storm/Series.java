package io.levee.lab.storm;

/**
 * What happened second by second. Index 0 is the first second of the run.
 *
 * @param calls calls that arrived
 * @param attempts attempts that were sent to the last service of the chain
 * @param succeeded calls that arrived in that second and succeeded in time
 * @param goodput calls that succeeded in that second, whenever they had arrived
 * @param p50Ms median time to success of calls that arrived in that second; NaN if none succeeded
 * @param p99Ms the time that 99 % of them took at most; NaN if none succeeded
 */
@SuppressWarnings(
        "ArrayRecordComponent") // figures for pictures: nobody compares two of them, and copies of each would be waste
public record Series(int[] calls, int[] attempts, int[] succeeded, int[] goodput, double[] p50Ms, double[] p99Ms) {}
