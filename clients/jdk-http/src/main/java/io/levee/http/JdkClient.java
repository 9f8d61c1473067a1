package io.levee.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the JDK's own client beyond its specification; docs/clients.md has the facts and the test that
 * keeps them true for the JDK at hand.
 */
final class JdkClient {
    private static final String INTERNALS = "jdk.internal.net.http.";
    private static final int MAX_CAUSES = 16;

    /**
     * What the client says of a stream that the server refused unprocessed (RFC 9113, section 8.7): REFUSED_STREAM on
     * JDK 17 to 23, REFUSED_STREAM or a GOAWAY that leaves the stream out from JDK 24 on.
     */
    private static final String REFUSED_STREAM = "Received RST_STREAM: Stream not processed";

    private static final String UNPROCESSED = "request not processed by peer";

    /** True if this JVM's clients resend POSTs on their own when a connection was lost: a setting read once. */
    private static final boolean RESENDS_EVERY_METHOD = resendsEveryMethod();

    private static final StackWalker STACK = StackWalker.getInstance();

    private JdkClient() {}

    /** Whether this is the JDK's client itself and not somebody's class round it. */
    static boolean isOriginal(HttpClient client) {
        return client.getClass().getName().startsWith(INTERNALS);
    }

    /**
     * Whether the caller of the contentLength method that asks this is the JDK's client. It asks for the length exactly
     * once for each time it is about to send a request's head; others may ask whenever they like.
     */
    static boolean asksForLength() {
        return STACK.walk(frames -> frames.skip(1)
                .filter(frame -> !frame.getMethodName().equals("contentLength"))
                .findFirst()
                .map(frame -> frame.getClassName().startsWith(INTERNALS))
                .orElse(false));
    }

    /**
     * Whether the client resends a request with this method only if the server said that it had not processed it. GET
     * and HEAD are resent after every lost connection.
     */
    static boolean resendsOnlyUnprocessed(String method) {
        return !RESENDS_EVERY_METHOD && !method.equals("GET") && !method.equals("HEAD");
    }

    static boolean saysUnprocessed(Throwable failure) {
        int left = MAX_CAUSES;
        for (Throwable t = failure; t != null && left-- > 0; t = t.getCause()) {
            String message = t.getMessage();
            if (t instanceof IOException && (REFUSED_STREAM.equals(message) || UNPROCESSED.equals(message))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the TLS handshake failed: no byte of a request was read by anybody. */
    static boolean saysHandshakeFailed(Throwable failure) {
        int left = MAX_CAUSES;
        for (Throwable t = failure; t != null && left-- > 0; t = t.getCause()) {
            if (t instanceof SSLHandshakeException) {
                return true;
            }
        }
        return false;
    }

    private static boolean resendsEveryMethod() {
        String name = "jdk.httpclient.enableAllMethodRetry";
        String value = System.getProperty(name, inNetProperties(name));
        return value != null
                && (value.isEmpty() || value.toLowerCase(Locale.ROOT).equals("true"));
    }

    private static @Nullable String inNetProperties(String name) {
        Path file = Path.of(System.getProperty("java.home", ""), "conf", "net.properties");
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException unreadable) {
            // A run-time image without the file has the client's default.
            return null;
        }
        return properties.getProperty(name);
    }
}
