/** The metrics of a Levee for Micrometer: see {@link io.levee.micrometer.LeveeMicrometer}. */
package io.levee.micrometer;
