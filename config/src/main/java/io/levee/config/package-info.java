/** The policy file: {@link io.levee.config.LeveeConfig} reads it, {@link io.levee.config.PolicyFileException} says what is wrong with it. */
@org.jspecify.annotations.NullMarked
package io.levee.config;
