package io.levee;

import org.jspecify.annotations.Nullable;

/** What an adapter knows of where a call goes, for telemetry. Asked while the call runs, seldom, on its threads. */
public interface CallTarget {
    /**
     * The protocol.
     *
     * @return {@code http}, {@code grpc} or {@code db}, or another word for another one
     */
    String protocol();

    /**
     * The protocol's own name of what is asked for.
     *
     * @return HTTP's method, gRPC's {@code package.Service/Method}, {@code transaction} for a database
     */
    String method();

    /**
     * The product behind the protocol, as OpenTelemetry's {@code db.system.name} spells it.
     *
     * @return for example {@code postgresql}; null if unknown, or if the protocol says it all
     */
    default @Nullable String system() {
        return null;
    }

    /**
     * What is asked for on the server: a database.
     *
     * @return its name; null if unknown, or if there is no such thing
     */
    default @Nullable String namespace() {
        return null;
    }

    /**
     * The path with the names of its parameters instead of their values, of low cardinality.
     *
     * @return for example {@code /stock/{sku}}; null if nobody said
     */
    default @Nullable String template() {
        return null;
    }

    /**
     * The host.
     *
     * @return its name or address; null if unknown
     */
    default @Nullable String address() {
        return null;
    }

    /**
     * The port.
     *
     * @return the port; -1 if unknown
     */
    default int port() {
        return -1;
    }

    /**
     * The whole URL as it is sent, secrets included: whoever shows it has to redact it.
     *
     * @return the URL; null if there is none
     */
    default @Nullable String url() {
        return null;
    }
}
