/**
 * What a guarded call costs, measured beside its peers in the same run. {@link io.levee.bench.BenchMain} is
 * {@code ./levee bench}; a class whose name ends in {@code Row} is one row of its table, and each of its benchmark methods
 * one peer.
 */
@org.jspecify.annotations.NullMarked
package io.levee.bench;
