package io.levee.http.contract;

import java.time.Duration;
import javax.net.ssl.SSLContext;

/**
 * How a client is to be made for a test.
 *
 * @param http2 whether it may speak HTTP/2
 * @param trust whom it trusts; null for its own default
 * @param connectTimeout null for its own default
 * @param requestTimeout the longest wait for an answer; null for its own default
 */
public record ClientSpec(boolean http2, SSLContext trust, Duration connectTimeout, Duration requestTimeout) {
    public static final ClientSpec HTTP_1 = new ClientSpec(false, null, null, null);
    public static final ClientSpec HTTP_2 = new ClientSpec(true, null, null, null);

    public ClientSpec trusting(SSLContext context) {
        return new ClientSpec(http2, context, connectTimeout, requestTimeout);
    }

    public ClientSpec connectTimeout(Duration timeout) {
        return new ClientSpec(http2, trust, timeout, requestTimeout);
    }

    public ClientSpec requestTimeout(Duration timeout) {
        return new ClientSpec(http2, trust, connectTimeout, timeout);
    }
}
