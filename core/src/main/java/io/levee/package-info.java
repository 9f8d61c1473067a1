/**
 * The engine. {@link io.levee.Levee} guards the calls to one downstream; everything else in this package is a part
 * of it that a user configures ({@link io.levee.RetryPolicy}, {@link io.levee.Breaker}, {@link io.levee.Limiter},
 * {@link io.levee.RetryBudget}, {@link io.levee.Bulkhead}, {@link io.levee.Classifier}), hands in
 * ({@link io.levee.Call}, {@link io.levee.Scope}, {@link io.levee.TimeSource}) or gets back
 * ({@link io.levee.Decision}, {@link io.levee.LeveeException}, {@link io.levee.LeveeEvent}).
 */
@org.jspecify.annotations.NullMarked
package io.levee;
