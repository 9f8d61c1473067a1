package io.levee.guard.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.levee.Breaker;
import io.levee.Call;
import io.levee.Levee;
import io.levee.guard.exporter.GuardExporter;
import io.levee.guard.ingest.Ingest;
import io.levee.guard.ingest.IngestSettings;
import io.levee.guard.signals.GuardSignals;
import io.levee.guard.slo.Counts;
import io.levee.guard.slo.TimeRange;
import io.levee.guard.slo.openslo.Catalog;
import io.levee.guard.slo.openslo.OpenSloFile;
import io.levee.guard.store.Ledger;
import io.levee.guard.store.Store;
import io.levee.guard.web.Role;
import io.levee.guard.web.Tokens;
import io.levee.guard.web.WebServer;
import io.levee.jdbc.LeveeJdbc;
import io.levee.jdbc.Transaction;
import io.levee.traffic.TrafficWeights;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A primary database becomes slow: a job takes its table's lock again and again, for 1 s each. The p95 of the reads is
 * breached, the guard shifts them to the replica, keeps 4 % on the primary to see how it does, and shifts them back when it is
 * well. Meanwhile stock is answered by its fallback. Two PostgreSQL servers with the same rows, real connections, nobody who
 * does anything by hand.
 */
class SlowPrimaryTest {
    private static final Transaction<String> READ =
            Transaction.<String>named("read").readOnly();
    private static final Duration LONG = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    /** Closed in the opposite order. */
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    private <T extends AutoCloseable> T closing(T resource) {
        resources.push(resource);
        return resource;
    }

    @AfterEach
    void close() throws Exception {
        while (!resources.isEmpty()) {
            resources.pop().close();
        }
    }

    private HikariDataSource database(String name) throws IOException, SQLException {
        EmbeddedPostgres server = closing(EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("max_connections", "100")
                .start());
        HikariConfig config = new HikariConfig();
        config.setDataSource(server.getPostgresDatabase());
        config.setMaximumPoolSize(80);
        config.setMinimumIdle(16);
        HikariDataSource source = closing(new HikariDataSource(config));
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders (id int PRIMARY KEY, state text)");
            statement.execute("INSERT INTO orders SELECT n, '" + name + "' FROM generate_series(1, 1000) n");
        }
        return source;
    }

    private ScheduledExecutorService threads(int count) {
        ScheduledExecutorService pool = Executors.newScheduledThreadPool(count);
        resources.push(() -> {
            pool.shutdownNow();
            pool.awaitTermination(10, TimeUnit.SECONDS);
        });
        return pool;
    }

    private static String read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT state FROM orders WHERE id = 17")) {
            row.next();
            return row.getString(1);
        }
    }

    /** A job that works on the table in short transactions, each with a lock that no reader gets past. */
    private static void lockAndWork(HikariDataSource primary) {
        try (Connection connection = primary.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
            statement.execute("SELECT pg_sleep(1)");
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private WebServer guard() throws IOException {
        Files.writeString(
                folder.resolve(ActionFile.NAME),
                String.join(
                        "\n",
                        "version: 1",
                        "rules:",
                        "  reads-to-replica:",
                        "    slo: reads",
                        "    when: {badShare: {over: 10s, above: 5%}}",
                        "    clear: {badShare: {over: 10s, below: 1%}}",
                        "    clearFor: 3s",
                        "    coolDown: 1s",
                        "    then:",
                        "      - signal: {name: orders.reads, weights: {primary: 4, replica: 96}}",
                        "      - signal: {name: stock.lean, fallback: true}",
                        ""));
        Catalog catalog = Catalog.of(List.of(
                OpenSloFile.parse("reads.yaml", World.slo("reads", "0.95", 300)),
                OpenSloFile.parse("stock.yaml", World.slo("stock", "0.95", 5_000))));
        store = closing(World.live(folder, catalog));
        WebServer server = closing(WebServer.with(token -> new Tokens.Principal("shop", Role.INGEST))
                .address("127.0.0.1")
                .port(0)
                .build());
        closing(new Ingest(IngestSettings.defaults(), store, InstantSource.system()))
                .addTo(server.routes());
        Actions actions = closing(new Actions(
                () -> catalog, store, InstantSource.system(), Actions.Settings.of(folder.resolve(ActionFile.NAME))));
        actions.addTo(server.routes());
        server.start();
        var unused = threads(1)
                .scheduleAtFixedRate(
                        () -> {
                            Instant now = Instant.now();
                            store.tick(now);
                            actions.tick(now);
                        },
                        0,
                        1,
                        TimeUnit.SECONDS);
        return server;
    }

    private Store store = null;

    private Counts counts(String slo) {
        Instant now = Instant.now();
        return store.counts(slo).counts(new TimeRange(now.minusSeconds(3_600), now.plusSeconds(60)));
    }

    @Test
    void readsShiftToTheReplicaByThemselvesAndBackAgain() throws Exception {
        HikariDataSource primary = database("primary");
        HikariDataSource replica = database("replica");
        WebServer guard = guard();

        // The service, as docs/actions.md shows it.
        TrafficWeights weights = TrafficWeights.of("primary", 100, "replica", 0);
        GuardExporter exporter =
                closing(GuardExporter.to(guard.uri()).token("t").start());
        LeveeJdbc orders = LeveeJdbc.builder(
                        primary, closing(Levee.named("orders-primary").build()))
                .replica(
                        "replica",
                        LeveeJdbc.on(
                                replica, closing(Levee.named("orders-replica").build())))
                .readWeights(weights)
                .build();
        Levee shop = closing(Levee.named("shop").telemetry(exporter).build());
        Levee inventory = closing(Levee.named("shop")
                .telemetry(exporter)
                .breaker(Breaker.consecutiveFailures(5))
                .build());
        GuardSignals signals = closing(GuardSignals.connect(guard.uri(), "t"))
                .bind("orders.reads", weights)
                .bind("stock.lean", Objects.requireNonNull(inventory.breaker()));
        Call<String> reads = Call.named("reads");
        Call<String> stock = Call.<String>named("stock").fallback("in stock, says yesterday's list");

        for (int i = 0; i < 200; i++) {
            orders.transaction(READ, SlowPrimaryTest::read); // so that the first customers do not wait for classes
        }
        ScheduledExecutorService customers = threads(60);
        AtomicBoolean open = new AtomicBoolean(true);
        resources.push(() -> open.set(false));
        customers.scheduleAtFixedRate(
                () -> customers.execute(() -> {
                    if (open.get()) {
                        shop.execute(reads, attempt -> orders.transaction(READ, SlowPrimaryTest::read));
                        inventory.execute(stock, attempt -> "12");
                    }
                }),
                0,
                20,
                TimeUnit.MILLISECONDS);
        await().atMost(LONG)
                .until(() -> counts("reads").good() > 300
                        && weights.snapshot().equals(Map.of("primary", 100, "replica", 0)));
        long degraded = counts("stock").degraded();

        AtomicBoolean slow = new AtomicBoolean(true);
        resources.push(() -> slow.set(false));
        long begin = System.nanoTime();
        threads(1).execute(() -> {
            while (slow.get()) {
                lockAndWork(primary);
            }
        });
        await().pollInterval(Duration.ofMillis(5))
                .atMost(LONG)
                .until(() -> weights.snapshot().get("replica") == 96);
        System.out.printf("shifted %.1f s after the primary became slow%n", (System.nanoTime() - begin) / 1e9);
        assertThat(signals.status().signals().get("orders.reads")).contains("share of bad events over 10s");

        await().atMost(LONG).until(() -> counts("stock").degraded() > degraded + 50);
        Counts seen = counts("reads");
        await().atMost(LONG).until(() -> counts("reads").total() > seen.total() + 400);
        Counts during = counts("reads");
        System.out.printf(
                "while the primary was slow and 4 %% of the reads went there: %d of %d reads late%n",
                during.bad() - seen.bad(), during.total() - seen.total());
        assertThat(weights.snapshot()).isEqualTo(Map.of("primary", 4, "replica", 96));

        slow.set(false);
        long well = System.nanoTime();
        await().atMost(LONG).until(() -> weights.snapshot().get("primary") == 100);
        System.out.printf("shifted back %.1f s after it was well%n", (System.nanoTime() - well) / 1e9);
        await().atMost(LONG).until(() -> inventory.breaker().state() == Breaker.State.CLOSED);
        assertThat(counts("stock").bad()).isZero();
        assertThat(store.ledger().read(Ledger.Query.of("action.")).stream().map(Ledger.Entry::kind))
                .containsOnly("action.fired", "action.undone")
                .hasSizeGreaterThanOrEqualTo(4);
    }
}
