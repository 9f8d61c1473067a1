package io.levee.http.shared;

import io.levee.CallTarget;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes, as far as telemetry shows it.
 *
 * @param operation the call's name; one that reads {@code GET /stock/{sku}} tells the path's template
 * @param method the method
 * @param address the host; null if the request names none
 * @param port the port as the request has it; -1 for the scheme's own, or none
 * @param location what reads as the whole URL; asked only if a span shows it
 */
public record HttpTarget(
        String operation, String method, @Nullable String address, int port, Object location) implements CallTarget {
    @Override
    public String protocol() {
        return "http";
    }

    @Override
    public @Nullable String template() {
        int path = method.length() + 1;
        boolean named = operation.length() > path && operation.startsWith(method) && operation.charAt(path) == '/';
        return named ? operation.substring(path) : null;
    }

    @Override
    public int port() {
        if (port > 0) {
            return port;
        }
        String url = location.toString();
        return url.startsWith("https:") ? 443 : url.startsWith("http:") ? 80 : -1;
    }

    @Override
    public String url() {
        return location.toString();
    }
}
