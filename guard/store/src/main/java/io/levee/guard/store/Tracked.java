package io.levee.guard.store;

import io.levee.guard.slo.gate.EventMatcher;

/**
 * An objective that events are counted for. Immutable.
 *
 * @param slo the objective's name
 * @param matcher which events count, and as what
 */
public record Tracked(String slo, EventMatcher matcher) {}
