/**
 * The gate: whether a release may go on, decided from counted events alone. {@link io.levee.guard.slo.gate.Gate} decides,
 * {@link io.levee.guard.slo.gate.EventTally} counts {@link io.levee.guard.slo.gate.Event}s for it. docs/gate.md has the
 * definitions.
 */
@org.jspecify.annotations.NullMarked
package io.levee.guard.slo.gate;
