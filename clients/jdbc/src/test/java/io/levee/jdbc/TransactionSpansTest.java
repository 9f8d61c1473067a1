package io.levee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.metrics.MetricOptions;
import io.levee.opentelemetry.LeveeOpenTelemetry;
import io.levee.prometheus.LeveePrometheus;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The spans of transactions on a real PostgreSQL, as the conventions for databases have them, and what is counted of them. */
class TransactionSpansTest {
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("db.system.name");
    private static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("db.namespace");
    private static final AttributeKey<String> ADDRESS = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("retry.attempt");

    @Test
    void eachAttemptIsAClientSpanThatNamesTheDatabaseAndNoCredentialsAndTheRetryIsCounted() throws Exception {
        InMemorySpanExporter exported = InMemorySpanExporter.create();
        PGSimpleDataSource source = (PGSimpleDataSource) Db.POSTGRESQL.dataSource();
        source.setPassword("hunter2pass");
        PrometheusRegistry registry = new PrometheusRegistry();
        List<SpanData> attempts;
        try (OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exported))
                        .build())
                .build()) {
            Levee levee = Levee.named("orders-db")
                    .retry(RetryPolicy.fixed(Duration.ZERO).attempts(2))
                    .telemetry(
                            LeveeOpenTelemetry.of(sdk),
                            LeveePrometheus.of(
                                    registry, MetricOptions.defaults().service("shop")))
                    .build();
            int[] runs = {0};
            LeveeJdbc.on(source, levee).transaction(Transaction.<Integer>named("take stock"), connection -> {
                if (runs[0]++ == 0) {
                    throw new SQLException("lost a race", "40001");
                }
                return Db.number(connection, "SELECT 1");
            });
            // Closing takes them away.
            attempts = exported.getFinishedSpanItems().stream()
                    .filter(span -> span.getAttributes().get(ATTEMPT) != null)
                    .toList();
        }
        assertThat(attempts).hasSize(2).allSatisfy(span -> {
            assertThat(span.getName()).isEqualTo("transaction take stock");
            assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
            assertThat(span.getAttributes().get(SYSTEM)).isEqualTo("postgresql");
            assertThat(span.getAttributes().get(NAMESPACE)).isEqualTo("postgres");
            assertThat(span.getAttributes().get(ADDRESS)).isEqualTo("127.0.0.1");
            assertThat(span.getAttributes().get(PORT)).isEqualTo(Db.POSTGRESQL.port());
            assertThat(span.getAttributes().asMap().toString())
                    .doesNotContain("http.request.method", "hunter2pass", "jdbc:");
        });
        ByteArrayOutputStream scraped = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(scraped, registry.scrape());
        assertThat(scraped.toString(StandardCharsets.UTF_8))
                .contains(
                        "retry_count_total{endpoint=\"take stock\",service=\"shop\",status=\"ok\",upstream=\"orders-db\"} 1.0",
                        "retry_failures_total{reason=\"conflict\",service=\"shop\",upstream=\"orders-db\"} 1.0");
    }
}
