/** The levee command: one class for each subcommand, {@link io.levee.cli.Main} before them. */
@org.jspecify.annotations.NullMarked
package io.levee.cli;
