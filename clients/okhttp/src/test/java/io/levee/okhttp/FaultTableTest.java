package io.levee.okhttp;

import io.levee.http.contract.FaultTableContract;
import io.levee.http.contract.TestClients;

/** What OkHttp does about each fault, and what Levee makes of it. */
class FaultTableTest extends FaultTableContract {
    @Override
    protected TestClients clients() {
        return new OkHttpClients();
    }

    @Override
    protected String table() {
        return "OkHttp";
    }
}
