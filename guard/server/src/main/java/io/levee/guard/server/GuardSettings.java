package io.levee.guard.server;

import io.levee.guard.browser.BrowserSettings;
import io.levee.guard.ingest.IngestSettings;
import io.levee.guard.ingest.PrometheusSource;
import io.levee.guard.review.ReviewSettings;
import io.levee.guard.server.github.GithubSettings;
import io.levee.guard.store.StoreSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What a guard is started with. Each setting has a default that is safe. Not thread-safe. */
public final class GuardSettings {
    final Path slos;
    final StoreSettings store;
    InstantSource clock = InstantSource.system();
    String address = "127.0.0.1";
    int port = 8462;
    boolean insecure;
    boolean behindProxy;

    @Nullable
    Path certificates;

    @Nullable
    Path key;

    @Nullable
    GithubSettings github;

    IngestSettings ingest = IngestSettings.defaults();

    @Nullable
    Integer grpcPort;

    @Nullable
    BrowserSettings browser;

    @Nullable
    String traceLink;

    ReviewSettings review = ReviewSettings.DEFAULT;

    PrometheusSource.@Nullable Builder prometheus;

    /**
     * With the defaults.
     *
     * @param slos the folder of the OpenSLO files
     * @param store where everything is kept
     */
    public GuardSettings(Path slos, StoreSettings store) {
        this.slos = slos;
        this.store = store;
    }

    /**
     * Where to listen; 127.0.0.1 unless told otherwise.
     *
     * @param host an address other than loopback needs {@link #tls} or {@link #insecure}
     * @return this
     */
    public GuardSettings listen(String host) {
        address = host;
        return this;
    }

    /**
     * The port; 8462 unless told otherwise.
     *
     * @param number 0 for any free one
     * @return this
     */
    public GuardSettings port(int number) {
        port = number;
        return this;
    }

    /**
     * Serves over TLS. Files that change are taken up within seconds; ones that cannot be used leave the last good ones in force.
     *
     * @param chain the certificate and those that signed it, in PEM
     * @param privateKey its key, in PKCS 8 and PEM
     * @return this
     */
    public GuardSettings tls(Path chain, Path privateKey) {
        certificates = chain;
        key = privateKey;
        return this;
    }

    /**
     * Serves other machines without TLS, so that tokens can be read on the way: behind a proxy that ends TLS, or in a network
     * that encrypts.
     *
     * @return this
     */
    public GuardSettings insecure() {
        insecure = true;
        return this;
    }

    /**
     * Takes clients' addresses and scheme from the headers of a proxy.
     *
     * @return this
     */
    public GuardSettings behindProxy() {
        behindProxy = true;
        return this;
    }

    /**
     * How the monthly review is held; {@link ReviewSettings#DEFAULT} unless told otherwise.
     *
     * @param settings such as whose clocks begin a month
     * @return this
     */
    public GuardSettings review(ReviewSettings settings) {
        review = settings;
        return this;
    }

    /**
     * Answers GitHub's deployment protection rules.
     *
     * @param settings whom to trust
     * @return this
     */
    public GuardSettings github(GithubSettings settings) {
        github = settings;
        return this;
    }

    /**
     * What counts as an event; {@link IngestSettings#defaults} unless told otherwise.
     *
     * @param settings of OTLP
     * @return this
     */
    public GuardSettings ingest(IngestSettings settings) {
        ingest = settings;
        return this;
    }

    /**
     * Takes OTLP over gRPC as well, at the same address and with the same certificate; off unless told otherwise.
     *
     * @param number the port; 0 for any free one
     * @return this
     */
    public GuardSettings otlpGrpc(int number) {
        grpcPort = number;
        return this;
    }

    /**
     * Takes reports of browsers; off unless told otherwise.
     *
     * @param settings which pages may report
     * @return this
     */
    public GuardSettings browser(BrowserSettings settings) {
        browser = settings;
        return this;
    }

    /**
     * Where a trace is shown; no links unless told otherwise.
     *
     * @param template an address with {@code {traceId}} in the place of the id
     * @return this
     */
    public GuardSettings traceLink(String template) {
        traceLink = template;
        return this;
    }

    /**
     * Fetches the counts of objectives whose documents name metrics of type Prometheus; unless told so, such an objective
     * counts the events of its service.
     *
     * @param server where to ask, of which a query may take 10 s at most
     * @return this
     */
    public GuardSettings prometheus(PrometheusSource.Builder server) {
        prometheus = server;
        return this;
    }

    /**
     * The wall clock; the system's unless told otherwise.
     *
     * @param source of the present
     * @return this
     */
    public GuardSettings clock(InstantSource source) {
        clock = source;
        return this;
    }

    boolean isLoopback() {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("the address to listen on is unknown: " + address, e);
        }
    }

    /** Refuses what would hand tokens to whoever listens. */
    void check() {
        if (!isLoopback() && key == null && !insecure) {
            throw new IllegalArgumentException(
                    "listening on " + address + " without TLS would send tokens in clear; give"
                            + " --tls-cert and --tls-key, or --insecure if something in front of the guard encrypts");
        }
    }
}
