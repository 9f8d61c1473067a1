/** The metrics of a Levee for Prometheus: see {@link io.levee.prometheus.LeveePrometheus}. */
package io.levee.prometheus;
