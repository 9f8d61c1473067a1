package io.levee.opentelemetry;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/** A receiver of OTLP over HTTP, as a collector has one: decodes what exporters send. */
final class OtlpReceiver implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Received> spans = new CopyOnWriteArrayList<>();
    private final List<String> raw = new CopyOnWriteArrayList<>();

    /** A span as it came over the wire. */
    record Received(String scope, Span span) {
        String trace() {
            return HexFormat.of().formatHex(span.getTraceId().toByteArray());
        }

        String id() {
            return HexFormat.of().formatHex(span.getSpanId().toByteArray());
        }

        String parent() {
            return HexFormat.of().formatHex(span.getParentSpanId().toByteArray());
        }

        String name() {
            return span.getName();
        }

        boolean is(Span.SpanKind kind) {
            return span.getKind() == kind;
        }

        String text(String key) {
            AnyValue value = value(key);
            return value == null ? null : value.getStringValue();
        }

        Long number(String key) {
            AnyValue value = value(key);
            return value == null ? null : value.getIntValue();
        }

        private AnyValue value(String key) {
            for (KeyValue one : span.getAttributesList()) {
                if (one.getKey().equals(key)) {
                    return one.getValue();
                }
            }
            return null;
        }

        @Override
        public String toString() {
            return span.getKind() + " " + name() + " " + id() + " of " + parent() + " by " + scope;
        }
    }

    OtlpReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/", exchange -> {
            try (exchange) {
                InputStream body = exchange.getRequestBody();
                boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
                byte[] bytes = (zipped ? new GZIPInputStream(body) : body).readAllBytes();
                raw.add(new String(bytes, StandardCharsets.UTF_8));
                if (exchange.getRequestURI().getPath().equals("/v1/traces")) {
                    receive(ExportTraceServiceRequest.parseFrom(bytes));
                }
                // The empty message, which is what both kinds of answer are.
                exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
                exchange.sendResponseHeaders(200, -1);
            }
        });
        server.start();
    }

    private void receive(ExportTraceServiceRequest request) {
        List<Received> all = new ArrayList<>();
        for (ResourceSpans resource : request.getResourceSpansList()) {
            for (ScopeSpans scope : resource.getScopeSpansList()) {
                for (Span span : scope.getSpansList()) {
                    all.add(new Received(scope.getScope().getName(), span));
                }
            }
        }
        spans.addAll(all);
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Received> spans() {
        return spans;
    }

    /** All that has come, traces and logs, as it came: the texts in it can be read. */
    List<String> raw() {
        return raw;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
