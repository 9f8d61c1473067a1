package io.levee.guard.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** Junk is told to be junk, and nothing else happens. */
class IngestFuzzTest {
    private static final String JSON = """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"order"}}]},
            "scopeSpans":[{"spans":[{"traceId":"0000000000000000000000000000000a","spanId":"000000000000000b","kind":2,
            "endTimeUnixNano":"1795600801000000000","status":{"code":2}}]}]}]}""";
    private final Otlp otlp =
            new Otlp(IngestSettings.defaults(), new RecordingStore().store, () -> Guard.STARTED, new Meter());

    /** Whether it was taken; anything but the one exception is a defect. */
    private static boolean takes(Otlp.Signal signal, byte[] body, boolean json) {
        try {
            signal.take(body, json);
            return true;
        } catch (BadPayload junk) {
            assertThat(junk.getMessage()).isNotBlank().doesNotContain("Exception");
            return false;
        }
    }

    @Property(tries = 2_000)
    void anyBytes(@ForAll @Size(max = 200) byte[] body) {
        takes(otlp::traces, body, false);
        takes(otlp::metrics, body, false);
        takes(otlp::traces, body, true);
        takes(otlp::metrics, body, true);
    }

    @Property(tries = 2_000)
    void aRequestWithOneByteChangedOrItsEndCutOff(
            @ForAll @IntRange(max = 10_000) int at, @ForAll byte value, @ForAll boolean cut) {
        byte[] body = Spans.request(
                        List.of(Spans.text("service.name", "order")),
                        Spans.span(1, Span.SpanKind.SPAN_KIND_SERVER, Spans.text("http.route", "/a")),
                        Spans.span(2, Span.SpanKind.SPAN_KIND_SERVER, Spans.number("http.response.status_code", 500)))
                .toByteArray();
        assertThat(takes(otlp::traces, body, false)).isTrue();
        int position = at % body.length;
        byte[] changed = cut ? java.util.Arrays.copyOf(body, position) : body.clone();
        if (!cut) {
            changed[position] = value;
        }
        takes(otlp::traces, changed, false);
        takes(otlp::metrics, changed, false);
    }

    @Property(tries = 1_000)
    void aJsonRequestWithAPartReplaced(
            @ForAll @IntRange(max = 10_000) int at, @ForAll @StringLength(max = 5) String with) {
        int position = at % JSON.length();
        String changed = JSON.substring(0, position) + with + JSON.substring(Math.min(JSON.length(), position + 3));
        takes(otlp::traces, changed.getBytes(StandardCharsets.UTF_8), true);
    }

    @Property(tries = 1_000)
    void anyLines(@ForAll @StringLength(max = 60) String text) {
        try {
            assertThat(EventLines.read(text.getBytes(StandardCharsets.UTF_8), 1).isEmpty())
                    .isTrue();
        } catch (BadPayload junk) {
            assertThat(junk.getMessage()).startsWith("line ");
        }
    }

    /** A value that is nested as deep as the body is long must not end the thread. */
    @Property(tries = 1)
    void whatIsNestedWithoutEnd() {
        String json = "{\"resourceSpans\":".repeat(1) + "[".repeat(100_000);
        assertThat(takes(otlp::traces, json.getBytes(StandardCharsets.UTF_8), true))
                .isFalse();
        assertThat(takes(otlp::metrics, json.getBytes(StandardCharsets.UTF_8), true))
                .isFalse();
        byte[] nested = {};
        for (int i = 0; i < 2_000; i++) {
            // Groups in groups: an unknown field that CodedInputStream has to pass over.
            byte[] more = new byte[nested.length + 1];
            java.util.Arrays.fill(more, (byte) ((15 << 3) | 3));
            nested = more;
        }
        assertThat(takes(otlp::traces, nested, false)).isFalse();
        assertThat(ExportTraceServiceRequest.getDefaultInstance().getSerializedSize())
                .isZero();
        assertThat(takes(
                        otlp::metrics,
                        ExportMetricsServiceRequest.getDefaultInstance().toByteArray(),
                        false))
                .isTrue();
    }
}
