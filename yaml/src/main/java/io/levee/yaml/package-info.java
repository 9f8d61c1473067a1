/** What is wrong with a file that people write, and where. */
@org.jspecify.annotations.NullMarked
package io.levee.yaml;
