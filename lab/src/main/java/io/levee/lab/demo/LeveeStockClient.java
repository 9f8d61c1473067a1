package io.levee.lab.demo;

import io.levee.Breaker;
import io.levee.Bulkhead;
import io.levee.Levee;
import io.levee.LeveeState;
import io.levee.RetryBudget;
import io.levee.RetryPolicy;
import io.levee.http.LeveeHttpClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;

/**
 * The same requests through Levee: as many attempts, with the same timeout each. One policy for all three faults:
 *
 * <ul>
 *   <li>Retry budget of a tenth, the default. With 47 % errors retries help, and what helps is refunded, so there they are
 *       limited by what inventory can bear; with inventory down or slow they are a tenth of the load at most.
 *   <li>A breaker on the failure rate, at 80 %, and not '3 consecutive failures': with 47 % errors three in a row come every
 *       few calls, and such a breaker would make a full outage of half a fault. Above 80 % hardly a call is lost by not
 *       making it. The window of a second holds some 75 calls, enough to tell 47 % from 80 %.
 *   <li>An open time of 250 ms: half of what a caller waits for an attempt, so the end of a fault is soon noticed; and
 *       the price is four requests a second to a service that can do a hundred.
 *   <li>A bulkhead of 24: inventory has four workers, so 20 more are 200 ms of waiting there; whoever came next would take
 *       the place of somebody who can still be served in time.
 * </ul>
 *
 * <p>If inventory gives no answer, the order is taken with the stock unknown. The report counts that as degraded, never as
 * success.
 */
final class LeveeStockClient implements StockClient {
    private static final String UNKNOWN_STOCK = "{\"quantity\":null}";

    private final Function<String, URI> uri;
    private final Http http = new Http("levee");
    private final Levee inventory;
    private final HttpClient client;

    LeveeStockClient(Function<String, URI> uri) {
        this.uri = uri;
        inventory = Levee.named("inventory")
                .retry(RetryPolicy.exponential(Duration.ofMillis(50))
                        .fullJitter()
                        .attempts(ATTEMPTS))
                .deadline(Duration.ofSeconds(2))
                .attemptTimeout(Duration.ofMillis(ATTEMPT_TIMEOUT_MILLIS))
                .breaker(Breaker.failureRate(0.8)
                        .overTime(Duration.ofSeconds(1))
                        .minimumCalls(20)
                        .openFor(Duration.ofMillis(250)))
                .retryBudget(RetryBudget.ratio(0.1))
                .bulkhead(Bulkhead.inFlight(24))
                .build();
        client = LeveeHttpClient.wrap(http.client(), inventory);
    }

    @Override
    public Stock stock(String sku) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri.apply(sku)).build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 200) {
                return new Stock(response.body(), false);
            }
        } catch (IOException noAnswer) {
            // Refused by Levee or failed at inventory: either way the order goes on without it.
        }
        return new Stock(UNKNOWN_STOCK, true);
    }

    @Override
    public Guard guard() {
        LeveeState state = inventory.state();
        Breaker.Snapshot breaker = state.breaker();
        return new Guard(breaker == null ? "none" : nameOf(breaker.state()), state.retryBudgetLeft());
    }

    private static String nameOf(Breaker.State state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Override
    public void close() {
        inventory.close();
        http.close();
    }
}
