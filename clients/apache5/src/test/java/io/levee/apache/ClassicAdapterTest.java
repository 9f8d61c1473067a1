package io.levee.apache;

import io.levee.http.contract.AdapterContract;
import io.levee.http.contract.TestClients;

/** The classic HttpClient does what every adapter must. */
class ClassicAdapterTest extends AdapterContract {
    @Override
    protected TestClients clients() {
        return new ClassicClients();
    }
}
