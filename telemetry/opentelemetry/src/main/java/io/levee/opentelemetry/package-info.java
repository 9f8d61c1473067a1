/**
 * A span for each call and each attempt: {@link io.levee.opentelemetry.LeveeOpenTelemetry}; and sampling that keeps the
 * traces with a retry: {@link io.levee.opentelemetry.RetrySampling}.
 */
@NullMarked
package io.levee.opentelemetry;

import org.jspecify.annotations.NullMarked;
