package io.levee.http;

import io.levee.http.contract.AdapterContract;
import io.levee.http.contract.TestClients;
import java.time.Duration;

/** The JDK's client does what every adapter must. */
class AdapterTest extends AdapterContract {
    @Override
    protected TestClients clients() {
        return new JdkClients();
    }

    @Override
    protected boolean bodiesAreStreamed() {
        return false;
    }

    @Override
    protected Duration staleBackoff() {
        return Duration.ofMillis(1);
    }
}
