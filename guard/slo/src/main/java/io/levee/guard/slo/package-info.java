/**
 * Error budgets: {@link io.levee.guard.slo.ErrorBudget}, {@link io.levee.guard.slo.BurnRule},
 * {@link io.levee.guard.slo.Window}, {@link io.levee.guard.slo.Exclusion}. Exact: every number is an integer or a
 * {@link io.levee.guard.slo.Ratio} of two, and is rounded only when it is shown. No class here reads a clock, a file or
 * the network, and all are immutable unless they say otherwise. The definitions, with worked examples, stand in
 * docs/guard.md.
 */
@org.jspecify.annotations.NullMarked
package io.levee.guard.slo;
