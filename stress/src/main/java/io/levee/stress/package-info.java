/**
 * What the tests of this room are run and judged by: the launcher of the JCStress tests, and the checker of recorded
 * histories.
 *
 * <p>The JCStress tests themselves lie in package {@code io.levee}, one class for each part of the engine and one nested
 * class for each race: what they test is not public. An outcome that must not be seen has a name in capitals, by which
 * a failed run names it.
 */
package io.levee.stress;
