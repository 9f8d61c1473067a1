package io.levee.okhttp;

import io.levee.http.contract.StaleContract;
import io.levee.http.contract.TestClients;

/** Connections that the peer drops, with OkHttp. */
class StaleTest extends StaleContract {
    @Override
    protected TestClients clients() {
        return new OkHttpClients();
    }
}
