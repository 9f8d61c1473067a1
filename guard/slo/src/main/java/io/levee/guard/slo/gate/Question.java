package io.levee.guard.slo.gate;

import java.time.Instant;

/**
 * What the gate is asked. Immutable.
 *
 * @param slo the objective's name
 * @param environment where the release runs
 * @param release which release
 * @param at as of when
 * @param impactReport whether an SLO impact report is attached
 */
public record Question(String slo, Environment environment, String release, Instant at, boolean impactReport) {}
