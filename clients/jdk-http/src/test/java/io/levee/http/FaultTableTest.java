package io.levee.http;

import io.levee.http.contract.Fault;
import io.levee.http.contract.FaultTableContract;
import io.levee.http.contract.TestClients;

/** What the JDK's client does about each fault, and what Levee makes of it: a table for each JDK, since they differ. */
class FaultTableTest extends FaultTableContract {
    @Override
    protected TestClients clients() {
        return new JdkClients();
    }

    @Override
    protected String table() {
        return "JDK " + Runtime.version().feature();
    }

    /** A connection that is lost in the handshake is reported by whichever of the client's threads sees it first. */
    @Override
    protected boolean isSteady(Fault fault) {
        return super.isSteady(fault) && fault != Fault.TLS_CLOSED_IN_HANDSHAKE && fault != Fault.TLS_NOT_TLS;
    }
}
