package io.levee.apache;

import io.levee.http.contract.AdapterContract;
import io.levee.http.contract.TestClients;

/** The async HttpClient does what every adapter must. */
class AsyncAdapterTest extends AdapterContract {
    @Override
    protected TestClients clients() {
        return new AsyncClients();
    }
}
