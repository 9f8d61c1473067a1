package io.levee.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.levee.Call;
import io.levee.Levee;
import io.levee.RetryPolicy;
import io.levee.opentelemetry.LeveeOpenTelemetry.ExceptionSignal;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Planted secrets, looked for in all that a real receiver of OTLP gets. */
class SecretsTest {
    private static final List<String> SECRETS =
            List.of("hunter2pass", "t0psecrettoken", "abcdEFGHbearer", "dXNlcjpwYXNz", "sessioncookie42", "4711-4712");

    @Test
    void noSecretOfAnExceptionOrAnOperationLeavesTheProcess() throws Exception {
        try (OtlpReceiver receiver = new OtlpReceiver()) {
            OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                    .setTracerProvider(SdkTracerProvider.builder()
                            .addSpanProcessor(SimpleSpanProcessor.create(OtlpHttpSpanExporter.builder()
                                    .setEndpoint(receiver.endpoint() + "/v1/traces")
                                    .build()))
                            .build())
                    .setLoggerProvider(SdkLoggerProvider.builder()
                            .addLogRecordProcessor(SimpleLogRecordProcessor.create(OtlpHttpLogRecordExporter.builder()
                                    .setEndpoint(receiver.endpoint() + "/v1/logs")
                                    .build()))
                            .build())
                    .build();
            Levee levee = Levee.named("inventory")
                    .idempotent()
                    .retry(RetryPolicy.fixed(Duration.ZERO).attempts(2))
                    .noRetryBudget()
                    .telemetry(LeveeOpenTelemetry.of(sdk)
                            .withExceptions(ExceptionSignal.BOTH)
                            .redact(Pattern.compile("\\b\\d{4}-\\d{4}\\b")))
                    .build();
            Throwable thrown =
                    catchThrowable(() -> levee.call(Call.<String>named("GET /stock?password=hunter2pass"), attempt -> {
                        ConnectException failure = new ConnectException("GET https://admin:hunter2pass@db.example/a");
                        failure.initCause(new IOException("access_token=t0psecrettoken, card 4711-4712"
                                + "\nAuthorization: Bearer abcdEFGHbearer\nProxy-Authorization: Basic dXNlcjpwYXNz"));
                        failure.addSuppressed(new IOException("Set-Cookie: id=sessioncookie42; Path=/"));
                        throw failure;
                    }));
            sdk.getSdkTracerProvider().forceFlush().join(60, TimeUnit.SECONDS);
            sdk.getSdkLoggerProvider().forceFlush().join(60, TimeUnit.SECONDS);
            sdk.close();

            assertThat(thrown).as("the caller's exception is as it was").hasMessageContaining("hunter2pass");
            // A call and two attempts, each a request of its own, and two log records.
            assertThat(receiver.raw())
                    .hasSize(3 + 2)
                    .allSatisfy(request ->
                            assertThat(request).doesNotContain(SECRETS).contains("REDACTED"));
            assertThat(String.join("", receiver.raw()))
                    .contains("https://REDACTED@db.example/a", "Caused by: java.io.IOException", "Suppressed: ")
                    .contains("retry.execute GET /stock?password=REDACTED");
        }
    }
}
