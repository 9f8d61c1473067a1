package io.levee.lab.storm;

import java.util.List;

/**
 * What became of each way of calling in one storm.
 *
 * @param scenario the storm
 * @param seed what the random numbers began with; the same scenario and seed give the same result
 * @param clients in the order in which they were asked for
 */
public record StormResult(Scenario scenario, long seed, List<ClientResult> clients) {}
