/** The linter of policy files: {@link io.levee.lint.Lint} looks, {@link io.levee.lint.Finding} says what it found. */
@org.jspecify.annotations.NullMarked
package io.levee.lint;
