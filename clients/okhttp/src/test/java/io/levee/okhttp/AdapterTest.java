package io.levee.okhttp;

import io.levee.http.contract.AdapterContract;
import io.levee.http.contract.TestClients;

/** OkHttp does what every adapter must. */
class AdapterTest extends AdapterContract {
    @Override
    protected TestClients clients() {
        return new OkHttpClients();
    }
}
