package io.levee.opentelemetry;

import io.levee.opentelemetry.LeveeOpenTelemetry.ExceptionSignal;
import io.levee.redaction.Redaction;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;

/**
 * Records the exception of an attempt, without the secrets of its messages, where the conventions' opt-in says: events of
 * spans are deprecated for it.
 */
final class ExceptionRecorder {
    private static final AttributeKey<String> TYPE = AttributeKey.stringKey("exception.type");
    private static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("exception.message");
    private static final AttributeKey<String> STACK = AttributeKey.stringKey("exception.stacktrace");

    private final ExceptionSignal signal;
    private final Logger logger;
    private final Redaction redaction;

    ExceptionRecorder(ExceptionSignal signal, Logger logger, Redaction redaction) {
        this.signal = signal;
        this.logger = logger;
        this.redaction = redaction;
    }

    void record(Span span, Context context, String event, Throwable thrown) {
        if (!span.isRecording()) {
            return;
        }
        String message = thrown.getMessage();
        Attributes exception = Attributes.of(
                TYPE,
                thrown.getClass().getName(),
                MESSAGE,
                message == null ? "" : redaction.of(message),
                STACK,
                redaction.stackOf(thrown));
        if (signal != ExceptionSignal.LOGS) {
            span.addEvent("exception", exception);
        }
        if (signal != ExceptionSignal.EVENTS) {
            logger.logRecordBuilder()
                    .setContext(context)
                    .setEventName(event)
                    .setSeverity(Severity.WARN)
                    .setAllAttributes(exception)
                    .emit();
        }
    }
}
