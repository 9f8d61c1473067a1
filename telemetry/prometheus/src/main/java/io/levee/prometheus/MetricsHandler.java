package io.levee.prometheus;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Answers a scrape. A registry that cannot be read answers 500 and says why, so that the scrape shows as down. */
final class MetricsHandler implements HttpHandler {
    private static final System.Logger LOG = System.getLogger("io.levee.prometheus");

    private final PrometheusRegistry registry;
    private final ExpositionFormats formats = ExpositionFormats.init();

    MetricsHandler(PrometheusRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                answer(exchange, 405, "text/plain; charset=utf-8", text("Only GET and HEAD are answered here.\n"));
                return;
            }
            ExpositionFormatWriter writer =
                    formats.findWriter(exchange.getRequestHeaders().getFirst("Accept"));
            byte[] body;
            try {
                body = body(exchange, writer);
            } catch (RuntimeException broken) {
                LOG.log(System.Logger.Level.WARNING, "the registry cannot be read", broken);
                answer(
                        exchange,
                        500,
                        "text/plain; charset=utf-8",
                        text("The registry cannot be read: " + broken + "\n"));
                return;
            }
            answer(exchange, 200, writer.getContentType(), body);
        }
    }

    private byte[] body(HttpExchange exchange, ExpositionFormatWriter writer) throws IOException {
        Set<String> names = names(exchange.getRequestURI().getRawQuery());
        MetricSnapshots snapshots = names.isEmpty() ? registry.scrape() : registry.scrape(names::contains);
        ByteArrayOutputStream body = new ByteArrayOutputStream(8192);
        String encodings = exchange.getRequestHeaders().getFirst("Accept-Encoding");
        if (encodings != null && encodings.contains("gzip")) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            try (OutputStream zipped = new GZIPOutputStream(body)) {
                writer.write(zipped, snapshots);
            }
        } else {
            writer.write(body, snapshots);
        }
        return body.toByteArray();
    }

    /** The names that are asked for with {@code name[]}, as other exporters of the client take them. */
    private static Set<String> names(@Nullable String query) {
        if (query == null) {
            return Set.of();
        }
        return Stream.of(query.split("&", -1))
                .map(pair -> URLDecoder.decode(pair, StandardCharsets.UTF_8))
                .filter(pair -> pair.startsWith("name[]="))
                .map(pair -> pair.substring("name[]=".length()))
                .collect(Collectors.toSet());
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
