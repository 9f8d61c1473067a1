package io.levee.apache;

import io.levee.http.contract.StaleContract;
import io.levee.http.contract.TestClients;

/** Connections that the peer drops, with the asynchronous HttpClient. */
class AsyncStaleTest extends StaleContract {
    @Override
    protected TestClients clients() {
        return new AsyncClients();
    }
}
