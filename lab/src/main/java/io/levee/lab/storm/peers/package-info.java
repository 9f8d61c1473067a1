/** Small models of what other libraries do by default, for comparison. */
package io.levee.lab.storm.peers;
