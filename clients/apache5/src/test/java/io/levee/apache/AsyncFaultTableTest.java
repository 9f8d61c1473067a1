package io.levee.apache;

import io.levee.http.contract.FaultTableContract;
import io.levee.http.contract.TestClients;

/** What the async HttpClient does about each fault, and what Levee makes of it. */
class AsyncFaultTableTest extends FaultTableContract {
    @Override
    protected TestClients clients() {
        return new AsyncClients();
    }

    @Override
    protected String table() {
        return "Apache HttpClient, async";
    }
}
