/** What a change is expected to cost an error budget: {@link io.levee.guard.slo.impact.Impact}. docs/gate.md explains it. */
@org.jspecify.annotations.NullMarked
package io.levee.guard.slo.impact;
