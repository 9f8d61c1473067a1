package io.levee.story;

import io.levee.guard.server.Guard;
import io.levee.guard.server.GuardSettings;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.OpenSloFile;
import io.levee.guard.slo.openslo.Slo;
import io.levee.guard.store.Store;
import io.levee.guard.store.StoreSettings;
import io.levee.guard.store.Stores;
import io.levee.guard.store.Tracked;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The incident of 02:18, played twice with real processes: an order service, fulfilment behind it (gRPC), inventory, payment, and
 * a release of inventory that breaks the gRPC contract for 47 of 100 orders. First without Levee, with naive retry loops and no gate; then
 * with Levee in the services and the guard at the gate. The guard with its pages stays until this is closed.
 */
public final class Story implements AutoCloseable {
    /** What release 2026.11.3 says of reservations with a warehouse: it stands in the traces. */
    public static final String BROKEN_FIELD = "field 3 (warehouse) has an invalid wire type";

    /** What the gate allows 0.005 points of: see docs/gate.md. */
    private static final String GATED = "inventory-reserve";

    private static final int LONGEST_WAIT_SECONDS = 60;

    private final StoryOptions options;
    private final Consumer<String> say;
    private final Path folder;
    private final Collector collector;
    private final Guard guard;
    private final GuardApi api;
    private final String admin;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Story(StoryOptions options, Consumer<String> say) throws IOException, InterruptedException {
        this.options = options;
        this.say = say;
        folder = Files.createTempDirectory("levee-story");
        collector = new Collector();
        guard = guard();
        String token = guard.firstToken();
        if (token == null) {
            throw new IllegalStateException("a new guard has a first token");
        }
        admin = token;
        api = new GuardApi(guard.uri(), admin);
        collector.guard(guard.uri(), api.issue("collector", "ingest"));
    }

    /**
     * Begins: starts the guard with four weeks of history.
     *
     * @param options how it is played
     * @param say hears each line of the play
     * @return the story; close it
     * @throws IOException if a port or a file cannot be had
     * @throws InterruptedException if this thread is interrupted
     */
    public static Story begin(StoryOptions options, Consumer<String> say) throws IOException, InterruptedException {
        return new Story(options, say);
    }

    private Guard guard() throws IOException {
        Path slos = Files.createDirectory(folder.resolve("slo"));
        try (InputStream file = Story.class.getResourceAsStream("slo.yaml")) {
            if (file == null) {
                throw new IOException("slo.yaml is missing from the jar");
            }
            Files.write(slos.resolve("shop.yaml"), file.readAllBytes());
        }
        Store store = Stores.open(StoreSettings.folder(folder.resolve("data")));
        Catalog catalog = Catalog.of(List.of(OpenSloFile.load(slos.resolve("shop.yaml"))));
        List<Tracked> tracked = new ArrayList<>();
        for (Slo slo : catalog.slos()) {
            tracked.add(new Tracked(slo.name(), slo.matcher(catalog.sli(slo))));
        }
        store.track(tracked);
        History.write(store, Instant.now(), List.of("orders", "orders-before", "inventory"));
        return Guard.start(
                new GuardSettings(slos, StoreSettings.folder(folder.resolve("data")))
                        .port(0)
                        .traceLink(collector.uri() + "/trace/{traceId}"),
                store);
    }

    /**
     * The guard's pages.
     *
     * @return where they are
     */
    public URI console() {
        return guard.uri();
    }

    /**
     * The guard's pages, with the token in the part of the address that no browser sends: the form is filled in.
     *
     * @return where somebody signs in
     */
    public URI signIn() {
        return guard.uri().resolve("/login#token=" + admin);
    }

    /**
     * The token to log in with.
     *
     * @return of the role admin
     */
    public String token() {
        return admin;
    }

    /**
     * Plays both acts.
     *
     * @return how it ended
     * @throws IOException if a process cannot be started or talked to
     * @throws InterruptedException if this thread is interrupted
     */
    public StoryReport play() throws IOException, InterruptedException {
        Act.Outcome before = asItWas();
        Watched watched;
        Act.Outcome after;
        try (Act act = act(false)) {
            watched = withLevee(act);
            after = act.end();
        }
        TimeUnit.SECONDS.sleep(2); // the guard's pages look once a second
        return new StoryReport(
                side(before, "order-submit-before"),
                side(after, "order-submit"),
                watched.exitCode(),
                watched.millis(),
                guard.uri() + "/slo/order-submit-before",
                trace());
    }

    private Act act(boolean naive) throws IOException {
        return new Act(folder.resolve("services.log"), collector.uri(), naive);
    }

    private Act.Outcome asItWas() throws IOException, InterruptedException {
        say.accept("Act one: without Levee. Retry loops of three, three services deep; no gate.");
        try (Act act = act(true)) {
            act.open();
            TimeUnit.SECONDS.sleep(options.calmSeconds());
            say.accept("  inventory " + Act.RELEASE + " goes to everybody: field 3 of a reservation is a number now");
            api.marker("orders-before", "deploy", "production");
            act.share(100);
            // Nobody is woken before something fails, which on a machine with much else to do takes its time.
            int patience = options.brokenSeconds() + LONGEST_WAIT_SECONDS;
            for (int second = 1;
                    second <= options.brokenSeconds() || (act.failed() == 0 && second <= patience);
                    second++) {
                TimeUnit.SECONDS.sleep(1);
                if (second % 5 == 0) {
                    say.accept("  " + second + " s later: " + act.failed() + " orders have failed");
                }
            }
            act.share(0);
            api.marker("orders-before", "rollback", "production");
            say.accept("  somebody was woken, found it, and rolled it back");
            TimeUnit.SECONDS.sleep(options.calmSeconds());
            Act.Outcome outcome = act.end();
            say.accept(String.format(
                    java.util.Locale.ROOT,
                    "  %d of %d orders failed; inventory was asked %.1f times an order",
                    outcome.failed(),
                    outcome.orders(),
                    outcome.reservationsPerOrder()));
            return outcome;
        }
    }

    private record Watched(int exitCode, long millis) {}

    private Watched withLevee(Act act) throws IOException, InterruptedException {
        say.accept("Act two: Levee in every service, and the guard at the gate.");
        collector.onWord(word -> act.share(Integer.parseInt(word)));
        act.open();
        TimeUnit.SECONDS.sleep(options.calmSeconds());
        Process watch = watch();
        long begin = 0;
        int exitCode;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(watch.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                say.accept("  gate: " + line.replaceAll(" exit code (\\d+): .*", " exit code $1"));
                if (begin == 0) { // it watches
                    say.accept("  inventory " + Act.RELEASE + " goes to a canary: 10 % of the traffic");
                    api.marker("inventory", "deploy", "canary");
                    begin = System.nanoTime();
                    act.share(10);
                }
            }
            exitCode = watch.waitFor();
        } finally {
            watch.destroyForcibly();
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        say.accept("  the gate ended with exit code " + exitCode + " after " + millis + " ms; " + act.failed()
                + " orders had failed");
        TimeUnit.SECONDS.sleep(options.calmSeconds());
        return new Watched(exitCode, millis);
    }

    private Process watch() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(options.levee());
        command.addAll(List.of("gate", "watch", "--slo", GATED, "--env", "canary", "--release", Act.RELEASE));
        command.addAll(List.of("--guard", guard.uri().toString(), "--every", "1s"));
        command.addAll(List.of("--until", options.watchSeconds() + "s"));
        List<String> rollBack = Child.java(WordMain.class.getName());
        rollBack.add(collector.uri().toString());
        rollBack.add("0");
        command.addAll(List.of("--rollback", "'" + String.join("' '", rollBack) + "'"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LEVEE_TOKEN", api.issue("pipeline", "release"));
        return builder.start();
    }

    private StoryReport.Side side(Act.Outcome outcome, String slo) throws IOException, InterruptedException {
        JsonNode state = api.get("/api/v1/slos/" + slo);
        return new StoryReport.Side(
                outcome.orders(),
                outcome.failed(),
                outcome.reservationsPerOrder(),
                state.path("usedPercent").asDouble(),
                state.path("leftMs").asDouble());
    }

    /** One of the failures at the pin. */
    private @Nullable String trace() throws IOException, InterruptedException {
        JsonNode incidents = api.get("/api/v1/slos/order-submit-before/curve").path("incidents");
        if (incidents.isEmpty()) {
            return null;
        }
        String id = incidents.get(incidents.size() - 1).path("id").asString();
        JsonNode traces =
                api.get("/api/v1/slos/order-submit-before/incidents/" + id).path("traces");
        return traces.isEmpty() ? null : traces.get(0).path("url").asString();
    }

    /** Ends the guard. Its folder is the system's temporary one, and goes too. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        guard.close();
        collector.close();
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException left) {
            say.accept("left behind: " + folder);
        }
    }
}
