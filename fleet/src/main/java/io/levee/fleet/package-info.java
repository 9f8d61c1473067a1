/** Limits of a whole fleet of processes, shared out through Redis. Begin with {@link io.levee.fleet.Fleet}. */
@org.jspecify.annotations.NullMarked
package io.levee.fleet;
