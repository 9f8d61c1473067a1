package io.levee.stress;

/**
 * What one thread did in a history: an operation with its answer, and when it was under way. Two operations of which
 * neither had ended when the other began are concurrent: either may have happened first.
 *
 * @param thread who did it
 * @param what the operation with its answer
 * @param began the place of its beginning among all beginnings and ends of the history
 * @param ended the place of its end
 * @param <O> the operations of what is tested
 */
public record Operation<O>(int thread, O what, long began, long ended) {}
