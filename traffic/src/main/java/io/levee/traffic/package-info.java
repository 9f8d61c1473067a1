/** {@link io.levee.traffic.TrafficWeights}: which of several targets a call goes to, by weights that change at runtime. */
@org.jspecify.annotations.NullMarked
package io.levee.traffic;
