package io.levee.guard.ingest;

import io.levee.guard.store.Store;
import io.levee.guard.web.Routes;
import io.levee.guard.web.TlsFiles;
import io.levee.guard.web.Tokens;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Takes events in: {@code POST /v1/traces} and {@code /v1/metrics} (OTLP, protobuf and JSON), {@code POST /api/v1/events} (NDJSON),
 * and OTLP over gRPC on a port of its own. What counts as an event is in docs/ingest.md. A request is answered once it is
 * stored; one that comes again counts once. Thread-safe.
 */
public final class Ingest implements AutoCloseable {
    private final Meter meter = new Meter();
    private final InFlight inFlight;
    private final Otlp otlp;
    private final NdjsonHttp ndjson;
    private @Nullable OtlpGrpc grpc;

    /**
     * Into a store.
     *
     * @param settings what counts, and how much is taken at a time
     * @param store where events go
     * @param clock the wall clock: what began after now is counted from its beginning
     */
    public Ingest(IngestSettings settings, Store store, InstantSource clock) {
        inFlight = new InFlight(settings.bytesInFlight());
        otlp = new Otlp(settings, store, clock, meter);
        ndjson = new NdjsonHttp(store, inFlight, meter);
    }

    /**
     * Adds the routes.
     *
     * @param routes of the server
     */
    public void addTo(Routes routes) {
        new OtlpHttp(otlp, inFlight, meter).addTo(routes);
        ndjson.addTo(routes);
    }

    /**
     * Listens for OTLP over gRPC, until this is closed.
     *
     * @param address where; loopback unless others shall reach it; port 0 for any
     * @param tokens who may send: any token that is known
     * @param tls its certificate; null for plain text
     * @return the port
     * @throws IOException naming the address that cannot be listened on
     * @throws IllegalStateException if it listens already
     */
    public synchronized int listen(InetSocketAddress address, Tokens tokens, @Nullable TlsFiles tls)
            throws IOException {
        if (grpc != null) {
            throw new IllegalStateException("it listens already, on port " + grpc.port());
        }
        OtlpGrpc started = OtlpGrpc.start(address, tokens, tls, otlp, inFlight, meter);
        grpc = started;
        return started.port();
    }

    /**
     * What has come in since the start.
     *
     * @return the counts
     */
    public IngestStats stats() {
        return meter.stats();
    }

    /** Stops listening for gRPC: what is being stored is answered first. */
    @Override
    public synchronized void close() {
        OtlpGrpc open = grpc;
        if (open != null) {
            grpc = null;
            open.close();
        }
    }
}
