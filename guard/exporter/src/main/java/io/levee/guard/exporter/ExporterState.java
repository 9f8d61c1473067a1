package io.levee.guard.exporter;

/**
 * What became of the events so far. Immutable.
 *
 * @param sent events that the guard acknowledged
 * @param dropped events that found the queue full, or that were left when the exporter was closed
 * @param refused events of batches that the guard would never take: a defect, which the log names
 * @param waiting events that wait, about
 */
public record ExporterState(long sent, long dropped, long refused, int waiting) {}
