package io.levee.guard.server;

import io.levee.guard.actions.ActionFile;
import io.levee.guard.actions.Actions;
import io.levee.guard.browser.Browser;
import io.levee.guard.console.Console;
import io.levee.guard.ingest.Ingest;
import io.levee.guard.review.Review;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.store.Store;
import io.levee.guard.views.ViewSettings;
import io.levee.guard.views.Views;
import io.levee.guard.web.Routes;
import io.levee.guard.web.TlsFiles;
import io.levee.guard.web.Tokens;
import io.levee.yaml.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where each room of the guard is added, in one place. */
final class Rooms implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Rooms.class.getName());

    private final Store store;
    private final List<Consumer<Instant>> always = new ArrayList<>();
    private final List<Consumer<Instant>> leading = new ArrayList<>();
    private final List<AutoCloseable> closed = new ArrayList<>();
    private final Views views;
    private final @Nullable Integer grpcPort;

    /**
     * Adds all rooms. A room that has something to do now and then says so with {@link #each}, if it acts, with
     * {@link #whileLeading}, and if it must be closed, with {@link #close(AutoCloseable)}.
     */
    Rooms(
            GuardSettings settings,
            Supplier<Catalog> catalog,
            Supplier<List<Problem>> problems,
            Store store,
            InstantSource clock,
            Tokens tokens,
            @Nullable TlsFiles tls,
            Routes routes) {
        this.store = store;
        if (tls != null) {
            each(now -> tls.refresh());
        }
        new Console().addTo(routes);
        views = new Views(catalog, store, clock, new ViewSettings(settings.traceLink, problems, settings.isLoopback()));
        views.addTo(routes);
        each(views::tick);
        Review review = new Review(catalog, store, clock, settings.review);
        review.addTo(routes);
        whileLeading(review::tick);
        Store joined = store;
        if (settings.browser != null) {
            Browser browser = new Browser(settings.browser, store, clock);
            browser.addTo(routes);
            each(browser::tick);
            joined = browser.joined();
        }
        Ingest ingest = new Ingest(settings.ingest, joined, clock);
        ingest.addTo(routes);
        close(ingest);
        Actions actions =
                new Actions(catalog, store, clock, Actions.Settings.of(settings.slos.resolve(ActionFile.NAME)));
        actions.addTo(routes);
        whileLeading(actions::tick);
        close(actions);
        grpcPort = settings.grpcPort == null ? null : listen(ingest, settings, settings.grpcPort, tokens, tls);
    }

    private static int listen(Ingest ingest, GuardSettings settings, int port, Tokens tokens, @Nullable TlsFiles tls) {
        try {
            return ingest.listen(new InetSocketAddress(settings.address, port), tokens, tls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where OTLP comes in over gRPC; null if it does not. */
    @Nullable
    Integer grpcPort() {
        return grpcPort;
    }

    /** Reckons what there is before somebody asks; what fails here fails again with the first tick, and is told then. */
    void begin() {
        try {
            views.begin();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "the figures cannot be reckoned yet", e);
        }
    }

    /** Every second, on every guard. */
    void each(Consumer<Instant> tick) {
        always.add(tick);
    }

    /** Every second, on the guard that leads. */
    void whileLeading(Consumer<Instant> tick) {
        leading.add(tick);
    }

    void close(AutoCloseable closeable) {
        closed.add(closeable);
    }

    /** One room's failure is not another's. */
    void tick(Instant now) {
        always.forEach(each -> tick(each, now));
        if (store.leads()) {
            leading.forEach(each -> tick(each, now));
        }
    }

    private static void tick(Consumer<Instant> tick, Instant now) {
        try {
            tick.accept(now);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a part of the guard failed; it is tried again in a second", e);
        }
    }

    /** In the opposite order. */
    @Override
    public void close() {
        for (int i = closed.size() - 1; i >= 0; i--) {
            try {
                closed.get(i).close();
            } catch (Exception e) {
                LOG.log(System.Logger.Level.WARNING, "a part of the guard could not be closed", e);
            }
        }
    }
}
