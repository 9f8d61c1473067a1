package io.levee.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executors;

/**
 * A server of its own JVM, to be killed: takes payments into a SQLite file, in which the idempotency records are as well. Says
 * its port, and when it has come to where it is told to stay.
 */
final class PaymentProgram {
    static final String AT = "AT ";
    static final String PORT = "PORT ";

    private PaymentProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path database = Path.of(arguments[0]);
        String mode = arguments[1];
        String stayAt = arguments[2];
        String url = "jdbc:sqlite:" + database;
        JdbcStore store = JdbcStore.sqlite(database);
        run(url, "CREATE TABLE IF NOT EXISTS payment (id INTEGER PRIMARY KEY, amount TEXT)");
        IdempotencyBuilder builder = Idempotency.on(store).required().lease(Duration.ofSeconds(2));
        if (mode.equals("hook")) {
            builder.inDoubt((request, key, takeovers) -> paid(url) > 0
                    ? new InDoubt.Ruling.Answer(StoredResponse.of(201, "text/plain", "looked up"))
                    : new InDoubt.Ruling.TakeOver());
        } else if (mode.equals("never")) {
            builder.takeovers(0);
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", IdempotencyHandler.wrap(builder.build(), exchange -> {
            try {
                pay(exchange, url, mode, stayAt);
            } catch (SQLException e) {
                throw new IOException(e);
            }
        }));
        server.start();
        System.out.println(PORT + server.getAddress().getPort());
    }

    private static void pay(HttpExchange exchange, String url, String mode, String stayAt)
            throws IOException, SQLException {
        String amount = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        KeyedWork work = IdempotencyHandler.work(exchange);
        String text = work.isTakenOver() ? "taken over" : "first run";
        stay(stayAt, "start");
        if (mode.equals("transaction")) {
            try (Connection connection = DriverManager.getConnection(url)) {
                connection.setAutoCommit(false);
                try (Statement insert = connection.createStatement()) {
                    insert.executeUpdate("INSERT INTO payment (amount) VALUES ('" + amount + "')");
                }
                work.record(connection, StoredResponse.of(201, "text/plain", text));
                stay(stayAt, "before commit");
                connection.commit();
            }
        } else {
            run(url, "INSERT INTO payment (amount) VALUES ('" + amount + "')");
        }
        stay(stayAt, "after commit");
        byte[] bytes = text.getBytes(UTF_8);
        exchange.sendResponseHeaders(201, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static void stay(String stayAt, String here) {
        if (stayAt.equals(here)) {
            System.out.println(AT + here);
            while (true) {
                java.util.concurrent.locks.LockSupport.park();
            }
        }
    }

    static void run(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute(sql);
        }
    }

    static int paid(String url) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM payment")) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
