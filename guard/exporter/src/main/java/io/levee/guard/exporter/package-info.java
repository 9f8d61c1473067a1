/** Tells a guard of every call that the library made. */
package io.levee.guard.exporter;
