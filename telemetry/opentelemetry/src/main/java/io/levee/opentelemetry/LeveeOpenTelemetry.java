package io.levee.opentelemetry;

import io.levee.Levee;
import io.levee.Telemetry;
import io.levee.TelemetrySink;
import io.levee.redaction.Redaction;
import io.opentelemetry.api.OpenTelemetry;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes every call and every attempt a span:
 *
 * <pre>{@code
 * Levee inventory = Levee.named("inventory").telemetry(LeveeOpenTelemetry.of(openTelemetry)).build();
 * }</pre>
 *
 * <p>Without that line, the jar on the class or module path is enough: a Levee then uses the global OpenTelemetry, from
 * when the application or the OpenTelemetry Java agent has set it.
 *
 * <p>The call's span is INTERNAL and a child of what is current where the call is made; attempts are its children, and
 * current while their bodies run, on whatever thread. Adapters send the attempt's headers (by the configured propagators), so
 * that each attempt has a place of its own in the trace. Waits, retries and refusals are events of the call's span.
 *
 * <p>An attempt of an adapter is a CLIENT span, as the conventions want one for each send. Where something else makes those
 * already (the Java agent, which is noticed, or a library instrumentation: {@link #withOtherClientSpans()}), the attempt is
 * INTERNAL, and the other's span its child: so there is one CLIENT span for each send.
 *
 * <p>The exception of a failed attempt is recorded as a span event, as a log record with
 * {@code OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN=logs}, as both with {@code logs/dup}. URLs are shown without user
 * and password and without the values of query parameters; what looks like a secret in an exception's message or in an
 * operation's name is {@linkplain Redaction hidden}, as in the logs. Immutable and thread-safe.
 */
public final class LeveeOpenTelemetry implements Telemetry {
    /** The scope of the tracer and of the logger. */
    static final String SCOPE = "io.levee";

    private static final String AGENT = "io.opentelemetry.javaagent";

    private final OpenTelemetry openTelemetry;
    private final boolean otherClientSpans;
    private final ExceptionSignal exceptions;
    private final Redaction redaction;

    private LeveeOpenTelemetry(
            OpenTelemetry openTelemetry, boolean otherClientSpans, ExceptionSignal exceptions, Redaction redaction) {
        this.openTelemetry = openTelemetry;
        this.otherClientSpans = otherClientSpans;
        this.exceptions = exceptions;
        this.redaction = redaction;
    }

    /**
     * Spans by an OpenTelemetry.
     *
     * @param openTelemetry makes and exports the spans; stays the caller's
     * @return telemetry for any number of Levees
     */
    public static LeveeOpenTelemetry of(OpenTelemetry openTelemetry) {
        return new LeveeOpenTelemetry(
                Objects.requireNonNull(openTelemetry, "openTelemetry"),
                openTelemetry.getTracerProvider().getClass().getName().startsWith(AGENT),
                ExceptionSignal.of(System.getenv("OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN")),
                Redaction.known());
    }

    /**
     * States that the HTTP or gRPC client is instrumented by something else, which makes a CLIENT span of each send. Not
     * needed with the Java agent.
     *
     * @return a changed copy, whose attempts are INTERNAL spans
     */
    public LeveeOpenTelemetry withOtherClientSpans() {
        return new LeveeOpenTelemetry(openTelemetry, true, exceptions, redaction);
    }

    /**
     * Hides something in names, exceptions and decisions, besides the secrets that {@link Redaction} knows.
     *
     * @param secret each match is replaced by {@code REDACTED}
     * @return a changed copy
     */
    public LeveeOpenTelemetry redact(Pattern secret) {
        return new LeveeOpenTelemetry(openTelemetry, otherClientSpans, exceptions, redaction.and(secret));
    }

    LeveeOpenTelemetry withExceptions(ExceptionSignal signal) {
        return new LeveeOpenTelemetry(openTelemetry, otherClientSpans, signal, redaction);
    }

    @Override
    public @Nullable TelemetrySink sink(Levee levee) {
        return sinkFor(levee.name());
    }

    SpanSink sinkFor(String downstream) {
        return new SpanSink(
                downstream,
                openTelemetry.getTracer(SCOPE),
                openTelemetry.getPropagators().getTextMapPropagator(),
                new ExceptionRecorder(exceptions, openTelemetry.getLogsBridge().get(SCOPE), redaction),
                otherClientSpans,
                redaction);
    }

    /** Where exceptions go. */
    enum ExceptionSignal {
        EVENTS,
        LOGS,
        BOTH;

        static ExceptionSignal of(@Nullable String optIn) {
            if (optIn == null) {
                return EVENTS;
            }
            return switch (optIn.strip().toLowerCase(Locale.ROOT)) {
                case "logs" -> LOGS;
                case "logs/dup" -> BOTH;
                default -> EVENTS;
            };
        }
    }
}
