/** The guard's pages. */
package io.levee.guard.console;
