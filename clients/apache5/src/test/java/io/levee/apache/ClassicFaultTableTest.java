package io.levee.apache;

import io.levee.http.contract.FaultTableContract;
import io.levee.http.contract.TestClients;

/** What the classic HttpClient does about each fault, and what Levee makes of it. */
class ClassicFaultTableTest extends FaultTableContract {
    @Override
    protected TestClients clients() {
        return new ClassicClients();
    }

    @Override
    protected String table() {
        return "Apache HttpClient, classic";
    }
}
