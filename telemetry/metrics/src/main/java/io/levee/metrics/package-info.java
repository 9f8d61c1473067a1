/**
 * What every exporter of metrics shares: the table of names and labels ({@link io.levee.metrics.Metric}), the bounds of
 * label values ({@link io.levee.metrics.MetricOptions}) and the counting ({@link io.levee.metrics.Meters}). Applications
 * use levee-prometheus or levee-micrometer.
 */
package io.levee.metrics;
