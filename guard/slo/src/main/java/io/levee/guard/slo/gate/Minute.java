package io.levee.guard.slo.gate;

import io.levee.guard.slo.Counts;
import java.time.Instant;

/**
 * One minute in which the release had events, with both sides of it. Immutable.
 *
 * @param begin the minute's first instant
 * @param release the release's own events
 * @param stable the stable side's
 */
public record Minute(Instant begin, Counts release, Counts stable) {}
