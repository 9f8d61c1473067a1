package io.levee.opentelemetry;

import io.levee.opentelemetry.LeveeOpenTelemetry.ExceptionSignal;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Records the exception of an attempt where the conventions' opt-in says: events of spans are deprecated for it. */
final class ExceptionRecorder {
    private static final AttributeKey<String> TYPE = AttributeKey.stringKey("exception.type");
    private static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("exception.message");
    private static final AttributeKey<String> STACK = AttributeKey.stringKey("exception.stacktrace");

    private final ExceptionSignal signal;
    private final Logger logger;

    ExceptionRecorder(ExceptionSignal signal, Logger logger) {
        this.signal = signal;
        this.logger = logger;
    }

    void record(Span span, Context context, String event, Throwable thrown) {
        if (!span.isRecording()) {
            return;
        }
        if (signal != ExceptionSignal.LOGS) {
            span.recordException(thrown);
        }
        if (signal != ExceptionSignal.EVENTS) {
            String message = thrown.getMessage();
            StringWriter stack = new StringWriter();
            thrown.printStackTrace(new PrintWriter(stack));
            logger.logRecordBuilder()
                    .setContext(context)
                    .setEventName(event)
                    .setSeverity(Severity.WARN)
                    .setAttribute(TYPE, thrown.getClass().getName())
                    .setAttribute(MESSAGE, message == null ? "" : message)
                    .setAttribute(STACK, stack.toString())
                    .emit();
        }
    }
}
