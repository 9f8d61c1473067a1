package io.levee.guard.server;

import io.levee.guard.ingest.PrometheusPoll;
import io.levee.guard.server.gate.GateRoutes;
import io.levee.guard.server.gate.GateService;
import io.levee.guard.server.hooks.ArgoHook;
import io.levee.guard.server.hooks.FlaggerHook;
import io.levee.guard.server.hooks.GithubHook;
import io.levee.guard.server.hooks.PromHook;
import io.levee.guard.store.Store;
import io.levee.guard.store.Stores;
import io.levee.guard.web.Role;
import io.levee.guard.web.TlsFiles;
import io.levee.guard.web.WebServer;
import io.levee.guard.web.WebServerBuilder;
import io.levee.yaml.Problem;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The guard: counts events, reckons budgets, decides at the gate, acts, and shows all of it. One process; several share a
 * PostgreSQL. Thread-safe.
 *
 * <pre>{@code
 * try (Guard guard = Guard.start(new GuardSettings(Path.of("slo"), StoreSettings.folder(Path.of("data"))))) {
 *     System.out.println(guard.uri() + " " + guard.firstToken());
 * }
 * }</pre>
 */
public final class Guard implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Guard.class.getName());

    /** So long the guard waits for its first figures before it listens. */
    private static final Duration FIRST_RECKONING = Duration.ofSeconds(1);

    private final InstantSource clock;
    private final CatalogFolder catalog;
    private final Store store;
    private final TokenStore tokens;
    private final Rooms rooms;
    private final @Nullable PrometheusPoll poll;
    private final @Nullable TlsFiles tls;
    private final WebServer web;
    private final @Nullable String firstToken;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "levee-guard-tick");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Instant lastTick;

    private Guard(GuardSettings settings, Store store) {
        this.store = store;
        clock = settings.clock;
        lastTick = clock.instant();
        catalog = new CatalogFolder(settings.slos);
        poll = settings.prometheus == null ? null : new PrometheusPoll(catalog, settings.prometheus, store);
        refresh();
        tokens = new TokenStore(store.ledger(), clock);
        boolean first = tokens.live().stream().noneMatch(issued -> issued.role() == Role.ADMIN);
        firstToken =
                first ? tokens.issue("first-admin", Role.ADMIN, null, "guard").token() : null;

        WebServerBuilder builder = WebServer.with(tokens)
                .address(settings.address)
                .port(settings.port)
                .clock(clock);
        tls = settings.certificates != null && settings.key != null
                ? TlsFiles.pem(settings.certificates, settings.key)
                : null;
        if (tls != null) {
            builder.tls(tls);
        }
        if (settings.behindProxy) {
            builder.behindProxy();
        }
        builder.errors(ArgoHook.PATH, ArgoHook::error)
                .errors(FlaggerHook.PATH, FlaggerHook::error)
                .errors("/api/v1/query", PromHook::error);
        web = builder.build();
        rooms = new Rooms(settings, catalog, this::allProblems, store, clock, tokens, tls, web.routes());
        if (poll != null) {
            rooms.whileLeading(poll::tick);
        }
        addOwn(settings);
    }

    private List<Problem> allProblems() {
        List<Problem> all = new ArrayList<>(catalog.problems());
        if (poll != null) {
            all.addAll(poll.problems());
        }
        return all;
    }

    private void addOwn(GuardSettings settings) {
        GateService gate = new GateService(catalog, store, clock);
        new OwnRoutes(
                        clock,
                        () -> lastTick,
                        store::leads,
                        () -> catalog.problems().size())
                .addTo(web.routes());
        new TokenRoutes(tokens, clock).addTo(web.routes());
        new GateRoutes(gate).addTo(web.routes());
        new ArgoHook(gate).addTo(web.routes());
        new FlaggerHook(gate, clock).addTo(web.routes());
        new PromHook(catalog, store, gate, clock).addTo(web.routes());
        if (settings.github != null) {
            GithubHook github = new GithubHook(gate, store.ledger(), clock, settings.github);
            github.addTo(web.routes());
            rooms.whileLeading(github::tick);
        }
    }

    /**
     * Starts one on a store of its own.
     *
     * @param settings where to listen, what to read, where to keep it
     * @return a guard that listens
     * @throws IllegalArgumentException if a setting is wrong
     * @throws io.levee.guard.store.StoreException if the store cannot be opened
     * @throws java.io.UncheckedIOException if it cannot listen
     */
    public static Guard start(GuardSettings settings) {
        settings.check();
        return start(settings, Stores.open(settings.store.clock(settings.clock)));
    }

    /**
     * Starts one on a store that is open already.
     *
     * @param settings whose store is left alone
     * @param store closed with the guard
     * @return a guard that listens
     * @throws IllegalArgumentException if a setting is wrong
     * @throws java.io.UncheckedIOException if it cannot listen
     */
    public static Guard start(GuardSettings settings, Store store) {
        settings.check();
        Guard guard = null;
        try {
            guard = new Guard(settings, store);
            guard.begin();
            guard.web.start();
        } catch (RuntimeException e) {
            if (guard == null) {
                store.close();
            } else {
                guard.close();
            }
            throw e;
        }
        Future<?> unused = guard.ticker.scheduleWithFixedDelay(guard::tick, 1, 1, TimeUnit.SECONDS);
        return guard;
    }

    /** What takes longer goes on while the guard listens: events must not wait for figures. */
    private void begin() {
        try {
            ticker.submit(rooms::begin).get(FIRST_RECKONING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException goesOn) {
            LOG.log(System.Logger.Level.DEBUG, "the first figures take longer than {0}", FIRST_RECKONING);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the first figures", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick() {
        try {
            Instant now = clock.instant();
            store.tick(now);
            lastTick = now;
            refresh();
            rooms.tick(now);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the guard's store failed; it is tried again in a second", e);
        }
    }

    private void refresh() {
        List<Problem> before = catalog.problems();
        if (catalog.refresh()) {
            store.track(Tracking.of(catalog.get(), poll != null));
        }
        List<Problem> now = catalog.problems();
        if (!now.equals(before)) {
            now.forEach(problem -> LOG.log(System.Logger.Level.WARNING, problem.toString()));
        }
    }

    /**
     * Where it listens.
     *
     * @return such as {@code http://127.0.0.1:8462}
     */
    public URI uri() {
        return web.uri();
    }

    /**
     * The port of OTLP over gRPC.
     *
     * @return null if it is off
     */
    public @Nullable Integer grpcPort() {
        return rooms.grpcPort();
    }

    /**
     * The first admin token, the only time it is known.
     *
     * @return null if the record has an admin token already
     */
    public @Nullable String firstToken() {
        return firstToken;
    }

    /**
     * What is wrong with the OpenSLO files now.
     *
     * @return one line each
     */
    public List<String> problems() {
        return allProblems().stream().map(Problem::toString).toList();
    }

    /**
     * How many objectives are counted.
     *
     * @return of all files
     */
    public int objectives() {
        return catalog.get().slos().size();
    }

    /** What it serves over TLS with; null for plain HTTP. */
    @Nullable
    TlsFiles tls() {
        return tls;
    }

    /**
     * All routes.
     *
     * @return each as in {@code GET /healthz}
     */
    List<String> routeNames() {
        return web.routeNames();
    }

    /** Lets requests that run end, stops, and closes the store. */
    @Override
    public void close() {
        ticker.shutdownNow();
        try {
            if (!ticker.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "the guard's tick does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        web.close();
        rooms.close();
        tokens.close();
        store.close();
    }
}
