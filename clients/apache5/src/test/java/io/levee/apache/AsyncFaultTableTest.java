package io.levee.apache;

import io.levee.http.contract.Fault;
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

    /**
     * Whether the client alone notices that a pooled connection is gone before it sends on it is a race, and so is what it
     * makes of HAProxy's answer, which comes while HAProxy closes the connection.
     */
    @Override
    protected boolean isSteady(Fault fault) {
        return super.isSteady(fault)
                && fault != Fault.STALE_CLOSED
                && fault != Fault.STALE_RESET
                && fault != Fault.HAPROXY_SERVER_DIES;
    }
}
