/**
 * The demo: two real services on loopback, three faults, and the same open-loop load through a naive retry loop and
 * through Levee. {@link io.levee.lab.demo.Demo} runs it, {@link io.levee.lab.demo.DemoReport} is what came out.
 */
@NullMarked
package io.levee.lab.demo;

import org.jspecify.annotations.NullMarked;
