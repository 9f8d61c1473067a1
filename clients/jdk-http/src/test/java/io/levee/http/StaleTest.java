package io.levee.http;

import io.levee.http.contract.StaleContract;
import io.levee.http.contract.TestClients;

/** Connections that the peer drops, with the JDK's client. */
class StaleTest extends StaleContract {
    @Override
    protected TestClients clients() {
        return new JdkClients();
    }

    /**
     * This client neither tells whether a connection came from its pool nor takes a fresh one when asked, so a retry may
     * well meet another stale one.
     */
    @Override
    protected int attempts() {
        return 6;
    }
}
