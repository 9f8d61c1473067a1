package io.levee.guard.ingest;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/** Makes requests of spans. */
final class Spans {
    static final Instant END = Instant.parse("2026-11-25T10:00:01.5Z");
    private static final long END_NANOS = END.getEpochSecond() * 1_000_000_000L + END.getNano();

    private Spans() {}

    static KeyValue text(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    static KeyValue number(String key, long value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setIntValue(value))
                .build();
    }

    static ExportTraceServiceRequest request(List<KeyValue> resource, Span... spans) {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder().addAllAttributes(resource))
                        .addScopeSpans(ScopeSpans.newBuilder().addAllSpans(List.of(spans))))
                .build();
    }

    /** A span that took 800.1 ms. */
    static Span span(int number, Span.SpanKind kind, KeyValue... attributes) {
        return Span.newBuilder()
                .setTraceId(id(16, number))
                .setSpanId(id(8, number))
                .setName("span")
                .setKind(kind)
                .setStartTimeUnixNano(END_NANOS - 800_100_000)
                .setEndTimeUnixNano(END_NANOS)
                .addAllAttributes(List.of(attributes))
                .build();
    }

    static Span failed(Span span) {
        return span.toBuilder()
                .setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR))
                .build();
    }

    static ByteString id(int bytes, int number) {
        return ByteString.copyFrom(
                ByteBuffer.allocate(bytes).putInt(bytes - 4, number).array());
    }

    static String hex(int bytes, int number) {
        return "0".repeat(2 * bytes - 8) + String.format("%08x", number);
    }
}
