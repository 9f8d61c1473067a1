package io.levee.http;

import io.levee.http.contract.StaleContract;
import io.levee.http.contract.TestClients;

/** Connections that the peer drops, with the JDK's client. */
class StaleTest extends StaleContract {
    @Override
    protected TestClients clients() {
        return new JdkClients();
    }
}
