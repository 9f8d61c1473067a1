package io.levee.spring;

import io.levee.Levee;
import io.levee.http.LeveeHttpClient;
import java.net.http.HttpClient;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;

/**
 * Request factories for {@code RestClient}, {@code RestTemplate} and HTTP interfaces, whose every request Levee guards:
 *
 * <pre>{@code
 * RestClient inventory = builder.baseUrl("http://inventory:8080").requestFactory(LeveeRequestFactory.of(levee)).build();
 * }</pre>
 *
 * <p>Below them is the JDK's HTTP client. Set no read timeout on the factory: the Levee's attempt timeout and deadline bound the call.
 */
public final class LeveeRequestFactory {
    private LeveeRequestFactory() {}

    /**
     * A factory over an HTTP client with the JDK's defaults.
     *
     * @param levee guards the downstream that is called
     * @return the factory; thread-safe
     */
    public static ClientHttpRequestFactory of(Levee levee) {
        return of(LeveeHttpClient.wrap(HttpClient.newHttpClient(), levee));
    }

    /**
     * A factory over a client that was made with settings of its own, such as {@code LeveeHttpClient.builder(client,
     * levee).idempotencyKeys().build()}.
     *
     * @param client the client
     * @return the factory; thread-safe
     */
    public static ClientHttpRequestFactory of(LeveeHttpClient client) {
        return new JdkClientHttpRequestFactory(client);
    }
}
