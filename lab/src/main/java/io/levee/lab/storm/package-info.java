/**
 * Storms in virtual time: what a policy does to a service that is in trouble. {@link io.levee.lab.storm.Storm} runs a
 * {@link io.levee.lab.storm.Scenario} with the library's own decision code, and with models of its peers' rules beside it.
 */
package io.levee.lab.storm;
