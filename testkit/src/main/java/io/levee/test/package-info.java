/** Virtual time and scripted downstreams for tests. */
@org.jspecify.annotations.NullMarked
package io.levee.test;
