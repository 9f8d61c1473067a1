/**
 * Database transactions under the protection of a Levee: {@link io.levee.jdbc.LeveeJdbc} runs them,
 * {@link io.levee.jdbc.SqlErrors} knows what the databases' error codes mean. Only translates: whether and when to try
 * again is the engine's.
 */
@NullMarked
package io.levee.jdbc;

import org.jspecify.annotations.NullMarked;
