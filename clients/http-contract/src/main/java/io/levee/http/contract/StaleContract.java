package io.levee.http.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.http.contract.TestClient.Request;
import io.levee.servers.Pauses;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pooled connections that the peer closes while they are idle, just when they are used again: what may be repeated never
 * fails of it, and no peer gets a request twice.
 */
public abstract class StaleContract {
    /** The clients of the library. */
    protected abstract TestClients clients();

    /**
     * Against a peer whose patience is 100 ms a fresh connection, too, can go stale while a busy machine takes its time, and
     * the JDK's client takes no fresh one when asked and tells of none. So a call gets more attempts than the usual 3, and no
     * retry budget: a pause of the whole machine makes all connections stale at once, and that is no storm.
     */
    private static final int ATTEMPTS = 10;

    private void assertNothingLost(Lanes.Result result, List<String> idsThatArrived) {
        System.out.println(getClass().getSimpleName() + ": " + result);
        assertThat(result.failuresOfRepeatable())
                .as("failures of GETs and keyed POSTs of %s", result)
                .isEmpty();
        Set<String> once = new HashSet<>();
        assertThat(idsThatArrived.stream().filter(id -> !once.add(id)))
                .as("requests that arrived twice")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPeerThatDropsIdleConnections(boolean byReset) throws Exception {
        FaultServer.Script script = connection -> {
            connection.socket.setSoTimeout(100);
            try {
                for (FaultServer.Request request = connection.read(); request != null; request = connection.read()) {
                    connection.write(FaultServer.response(200, "", "ok"));
                }
            } catch (SocketTimeoutException idle) {
                if (byReset) {
                    connection.reset();
                }
            }
        };
        try (FaultServer server = new FaultServer(script);
                Levee levee = Levee.named("peer")
                        .retry(RetryPolicy.exponential(Duration.ofMillis(100))
                                .fullJitter()
                                .attempts(ATTEMPTS))
                        .noRetryBudget()
                        .build();
                TestClient client = clients().guarded(ClientSpec.HTTP_1, levee, TestClients.Extras.NONE)) {
            Lanes.Result result = new Lanes(client, server.uri("/"), new Pauses(60, 12, 96, 104)).run();
            assertNothingLost(
                    result,
                    server.requests().stream().map(one -> one.header(Lanes.ID)).toList());
        }
    }

    @Test
    void nginxWithAKeepaliveOf2Seconds() throws Exception {
        againstNginx(Pauses.roundTwoSeconds(60, 2));
    }

    @Test
    @Tag("full")
    void nginxWithAKeepaliveOf2SecondsAtScale() throws Exception {
        againstNginx(Pauses.roundTwoSecondsAtScale(800));
    }

    private void againstNginx(Pauses pauses) throws Exception {
        try (Nginx nginx = Nginx.start();
                Levee levee = Levee.named("nginx").build();
                TestClient client = clients().guarded(ClientSpec.HTTP_1, levee, TestClients.Extras.NONE)) {
            assertThat(client.send(Request.get(URI.create(nginx.uri()))).status())
                    .isEqualTo(200);
            Lanes.Result result = new Lanes(client, URI.create(nginx.uri()), pauses).run();
            assertNothingLost(result, nginx.ids());
        }
    }
}
