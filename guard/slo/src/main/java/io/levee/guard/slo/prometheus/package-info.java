/** Prometheus rules for an objective: {@link io.levee.guard.slo.prometheus.PrometheusRules}. docs/slo-documents.md explains them. */
@org.jspecify.annotations.NullMarked
package io.levee.guard.slo.prometheus;
