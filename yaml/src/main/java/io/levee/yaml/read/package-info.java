/** Reading YAML so that every problem has its place; for Levee's own modules alone. */
@org.jspecify.annotations.NullMarked
package io.levee.yaml.read;
