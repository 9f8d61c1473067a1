package io.levee.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a database is called, without credentials. Immutable.
 *
 * @param system as OpenTelemetry's {@code db.system.name} spells it; null if unknown
 * @param address the server's host; null if unknown, or if the URL names several or none
 * @param port -1 if the URL does not say, so for the product's own one
 * @param namespace the database that the connection was opened to; null if unknown
 */
record DatabaseName(
        @Nullable String system,
        @Nullable String address,
        int port,
        @Nullable String namespace) {
    static final DatabaseName UNKNOWN = new DatabaseName(null, null, -1, null);

    /** The first host behind two slashes, past user and password, and nothing but its port up to path or parameters. */
    private static final Pattern SERVER =
            Pattern.compile("//(?:[^/?;@]*@)?(\\[[0-9a-fA-F:.%]+\\]|[\\w.-]+)(?::(\\d{1,5}))?(?=[/?;\\\\]|$)");

    /** Asks a connection. What it refuses to tell is unknown: no call fails for its telemetry's sake. */
    static DatabaseName of(Connection connection, @Nullable String product) {
        String url;
        String namespace;
        try {
            url = connection.getMetaData().getURL();
            namespace = connection.getCatalog();
        } catch (SQLException | RuntimeException untold) {
            return new DatabaseName(system(product), null, -1, null);
        }
        Matcher server = SERVER.matcher(url == null ? "" : url);
        boolean found = server.find();
        String port = found ? server.group(2) : null;
        return new DatabaseName(
                system(product),
                found ? unbracketed(server.group(1)) : null,
                port == null ? -1 : Integer.parseInt(port),
                namespace == null || namespace.isEmpty() ? null : namespace);
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static String system(@Nullable String product) {
        String given = product == null ? "" : product.strip().toLowerCase(Locale.ROOT);
        return switch (given) {
            case "postgresql", "mysql", "mariadb", "sqlite" -> given;
            case "h2" -> "h2database";
            case "oracle" -> "oracle.db";
            case "microsoft sql server" -> "microsoft.sql_server";
            case "hsql database engine" -> "hsqldb";
            case "apache derby" -> "derby";
            default -> given.startsWith("db2") ? "ibm.db2" : "other_sql";
        };
    }
}
