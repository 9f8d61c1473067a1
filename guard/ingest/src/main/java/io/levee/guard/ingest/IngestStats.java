package io.levee.guard.ingest;

/**
 * What has come in since the start, of all protocols. Immutable.
 *
 * @param counted events that counted for an objective
 * @param duplicates events that had been seen before
 * @param unmatched events that belong to no objective
 * @param expired events that are older than what is kept
 * @param future events that are later than the guard's clock
 * @param rejected spans and points that are no events because something is wrong with them
 * @param refused requests that were told to come again, because too much was under way or the store could not write
 * @param invalid requests that nobody could read
 */
public record IngestStats(
        long counted,
        long duplicates,
        long unmatched,
        long expired,
        long future,
        long rejected,
        long refused,
        long invalid) {}
