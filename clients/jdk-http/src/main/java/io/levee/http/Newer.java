package io.levee.http;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Methods that the JDK's client got after Java 17, called where they exist. Looked up once; without them each has the
 * answer that an older JDK implies.
 */
final class Newer {
    private static final @Nullable MethodHandle SHUTDOWN = find(HttpClient.class, "shutdown", void.class);
    private static final @Nullable MethodHandle SHUTDOWN_NOW = find(HttpClient.class, "shutdownNow", void.class);
    private static final @Nullable MethodHandle CLOSE = find(HttpClient.class, "close", void.class);
    private static final @Nullable MethodHandle IS_TERMINATED = find(HttpClient.class, "isTerminated", boolean.class);
    private static final @Nullable MethodHandle AWAIT_TERMINATION =
            find(HttpClient.class, "awaitTermination", boolean.class, Duration.class);
    private static final @Nullable MethodHandle CONNECTION_LABEL =
            find(HttpResponse.class, "connectionLabel", Optional.class);

    private Newer() {}

    private static @Nullable MethodHandle find(Class<?> type, String name, Class<?> result, Class<?>... parameters) {
        try {
            return MethodHandles.publicLookup().findVirtual(type, name, MethodType.methodType(result, parameters));
        } catch (NoSuchMethodException | IllegalAccessException olderJdk) {
            return null;
        }
    }

    static void shutdown(HttpClient client) {
        call(SHUTDOWN, client);
    }

    static void shutdownNow(HttpClient client) {
        call(SHUTDOWN_NOW, client);
    }

    static void close(HttpClient client) {
        call(CLOSE, client);
    }

    private static void call(@Nullable MethodHandle method, HttpClient client) {
        if (method != null) {
            try {
                method.invoke(client);
            } catch (Throwable thrown) {
                throw sneaky(thrown);
            }
        }
    }

    static boolean isTerminated(HttpClient client) {
        try {
            return IS_TERMINATED != null && (boolean) IS_TERMINATED.invoke(client);
        } catch (Throwable thrown) {
            throw sneaky(thrown);
        }
    }

    static boolean awaitTermination(HttpClient client, Duration duration) throws InterruptedException {
        try {
            return AWAIT_TERMINATION != null && (boolean) AWAIT_TERMINATION.invoke(client, duration);
        } catch (InterruptedException interrupted) {
            throw interrupted;
        } catch (Throwable thrown) {
            throw sneaky(thrown);
        }
    }

    @SuppressWarnings("unchecked") // the method's only return type
    static Optional<String> connectionLabel(HttpResponse<?> response) {
        try {
            return CONNECTION_LABEL == null ? Optional.empty() : (Optional<String>) CONNECTION_LABEL.invoke(response);
        } catch (Throwable thrown) {
            throw sneaky(thrown);
        }
    }

    /** None of these methods declares a checked exception but the one handled above. */
    private static RuntimeException sneaky(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException runtime ? runtime : new IllegalStateException(thrown);
    }
}
