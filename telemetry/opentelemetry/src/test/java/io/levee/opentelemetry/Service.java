package io.levee.opentelemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.http.LeveeHttpClient;
import io.levee.prometheus.LeveePrometheus;
import io.levee.prometheus.MetricsServer;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One of two services in a JVM of its own: {@code inventory COLLECTOR}, whose stock {@code N-...} is found at the attempt
 * after N that fail, and {@code order COLLECTOR INVENTORY}, which asks it through Levee. Prints its ports; ends when its
 * standard input does. No Levee names any telemetry: all of it is found on the class path.
 */
final class Service {
    private static final TextMapGetter<HttpExchange> HEADERS = new TextMapGetter<>() {
        @Override
        @SuppressWarnings("deprecation") // abstract all the same
        public Iterable<String> keys(HttpExchange exchange) {
            return exchange.getRequestHeaders().keySet();
        }

        @Override
        public String get(HttpExchange exchange, String key) {
            return exchange == null ? null : exchange.getRequestHeaders().getFirst(key);
        }
    };

    private interface Work {
        int status(HttpExchange exchange) throws Exception;
    }

    private Service() {}

    public static void main(String[] args) throws Exception {
        String name = args[0];
        OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(RetrySampling.builder().ratio(1).build().sampler())
                        .addSpanProcessor(RetrySampling.create()
                                .exportTo(OtlpHttpSpanExporter.builder()
                                        .setEndpoint(args[1] + "/v1/traces")
                                        .build()))
                        .build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
        GlobalOpenTelemetry.set(sdk);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        MetricsServer metrics = LeveePrometheus.serve(0);
        serve(server, name.equals("order") ? order(args[2]) : inventory());
        server.start();
        System.out.println("ports " + server.getAddress().getPort() + " " + metrics.port());
        System.in.transferTo(java.io.OutputStream.nullOutputStream());
        sdk.getSdkTracerProvider().forceFlush().join(60, TimeUnit.SECONDS);
        System.exit(0);
    }

    private static void serve(HttpServer server, Work work) {
        server.createContext("/", exchange -> {
            Context parent = GlobalOpenTelemetry.getPropagators()
                    .getTextMapPropagator()
                    .extract(Context.root(), exchange, HEADERS);
            Span span = GlobalOpenTelemetry.getTracer("service")
                    .spanBuilder(exchange.getRequestMethod())
                    .setParent(parent)
                    .setSpanKind(SpanKind.SERVER)
                    .startSpan();
            try (exchange;
                    Scope here = span.makeCurrent()) {
                exchange.sendResponseHeaders(work.status(exchange), -1);
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            } finally {
                span.end();
            }
        });
    }

    private static Work inventory() {
        ConcurrentHashMap<String, AtomicInteger> seen = new ConcurrentHashMap<>();
        return exchange -> {
            String sku = exchange.getRequestURI().getPath().substring("/stock/".length());
            int failures = Integer.parseInt(sku.substring(0, sku.indexOf('-')));
            int before = seen.computeIfAbsent(sku, added -> new AtomicInteger()).getAndIncrement();
            return before < failures ? 503 : 200;
        };
    }

    private static Work order(String inventory) {
        Levee levee = Levee.named("inventory")
                .retry(RetryPolicy.exponential(Duration.ofMillis(10))
                        .equalJitter()
                        .attempts(3))
                .noRetryBudget()
                .attemptTimeout(Duration.ofSeconds(60))
                .deadline(Duration.ofMinutes(2))
                .build();
        HttpClient client = LeveeHttpClient.builder(HttpClient.newHttpClient(), levee)
                .operation(request -> "GET /stock/{sku}")
                .build();
        return exchange -> {
            String sku = exchange.getRequestURI().getPath().substring("/order/".length());
            HttpRequest request = HttpRequest.newBuilder(URI.create(inventory + "/stock/" + sku))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        };
    }
}
