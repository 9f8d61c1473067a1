/** A live page of what the Levees of this JVM do: see {@link io.levee.console.LeveeConsole}. */
package io.levee.console;
