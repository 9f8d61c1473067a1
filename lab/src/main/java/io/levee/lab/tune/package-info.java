/** Looks for the settings that serve a scenario best: {@link io.levee.lab.tune.Tuner}. */
@org.jspecify.annotations.NullMarked
package io.levee.lab.tune;
