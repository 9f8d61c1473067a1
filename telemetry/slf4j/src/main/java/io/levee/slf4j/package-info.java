/** Structured logs of retries and of calls that gave up: {@link io.levee.slf4j.LeveeSlf4j}. */
@NullMarked
package io.levee.slf4j;

import org.jspecify.annotations.NullMarked;
