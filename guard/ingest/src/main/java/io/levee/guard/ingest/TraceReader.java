package io.levee.guard.ingest;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.RetryRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads events out of an ExportTraceServiceRequest. It walks over the bytes and makes objects of what counts alone: a span has
 * some thirty attributes, of which an event needs five. One request, one reader; not thread-safe.
 */
final class TraceReader {
    private static final HexFormat HEX = HexFormat.of();
    private static final Pattern THRESHOLD = Pattern.compile("(?:^|,)\\s*ot=(?:[^,;]*;)*th:([0-9a-f]+)");
    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;
    private static final int RECORDS = 50;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    /** Fields of the messages, as tags: the number and the wire type. */
    private static final class Tag {
        static final int REQUEST_RESOURCE_SPANS = bytes(1);
        static final int RESOURCE_SPANS_RESOURCE = bytes(1);
        static final int RESOURCE_SPANS_SCOPE_SPANS = bytes(2);
        static final int RESOURCE_ATTRIBUTES = bytes(1);
        static final int SCOPE_SPANS_SPANS = bytes(2);
        static final int SPAN_TRACE_ID = bytes(1);
        static final int SPAN_SPAN_ID = bytes(2);
        static final int SPAN_TRACE_STATE = bytes(3);
        static final int SPAN_KIND = (6 << 3) | WireFormat.WIRETYPE_VARINT;
        static final int SPAN_START = (7 << 3) | WireFormat.WIRETYPE_FIXED64;
        static final int SPAN_END = (8 << 3) | WireFormat.WIRETYPE_FIXED64;
        static final int SPAN_ATTRIBUTES = bytes(9);
        static final int SPAN_STATUS = bytes(15);
        static final int STATUS_CODE = (3 << 3) | WireFormat.WIRETYPE_VARINT;
        static final int KEY = bytes(1);
        static final int VALUE = bytes(2);
        static final int ANY_STRING = bytes(1);
        static final int ANY_INT = (3 << 3) | WireFormat.WIRETYPE_VARINT;

        private static int bytes(int field) {
            return (field << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
        }
    }

    private final IngestSettings settings;
    private final StringCache strings;
    private final byte[] body;
    private final CodedInputStream in;
    private final SpanBatch batch = new SpanBatch();
    private final SpanFields span = new SpanFields();

    private ResourceFields resource = new ResourceFields();
    private @Nullable Environment environment;

    /** The attribute that was read last: where its key and its text lie, or its number. */
    private @Nullable String key;

    private int textAt;
    private int textLength;
    private long number;
    private boolean isNumber;

    private TraceReader(byte[] body, IngestSettings settings, StringCache strings) {
        this.body = body;
        this.settings = settings;
        this.strings = strings;
        this.in = CodedInputStream.newInstance(body);
    }

    /**
     * Reads a request.
     *
     * @throws InvalidProtocolBufferException if it is none
     */
    static SpanBatch read(byte[] body, IngestSettings settings, StringCache strings)
            throws InvalidProtocolBufferException {
        TraceReader reader = new TraceReader(body, settings, strings);
        try {
            reader.request();
        } catch (InvalidProtocolBufferException e) {
            throw e;
        } catch (IOException e) {
            throw new InvalidProtocolBufferException(e);
        }
        return reader.batch;
    }

    private void request() throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == Tag.REQUEST_RESOURCE_SPANS) {
                resourceSpans();
            } else {
                skip(tag);
            }
        }
    }

    private void skip(int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new InvalidProtocolBufferException("a group ends that never began");
        }
    }

    private int enter() throws IOException {
        return in.pushLimit(in.readRawVarint32());
    }

    private void leave(int limit) throws IOException {
        in.checkLastTagWas(0);
        in.popLimit(limit);
    }

    private void resourceSpans() throws IOException {
        resource = new ResourceFields();
        environment = resource.environment(settings);
        int limit = enter();
        boolean spansSeen = false;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == Tag.RESOURCE_SPANS_RESOURCE) {
                if (spansSeen) {
                    // Nobody writes fields out of their order, and its spans were counted for nobody.
                    throw new InvalidProtocolBufferException("the resource must come before its spans");
                }
                resource();
            } else if (tag == Tag.RESOURCE_SPANS_SCOPE_SPANS) {
                spansSeen = true;
                scopeSpans();
            } else {
                skip(tag);
            }
        }
        leave(limit);
    }

    private void resource() throws IOException {
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == Tag.RESOURCE_ATTRIBUTES) {
                attribute();
                if (key != null && textAt >= 0) {
                    resource.text(key, strings.get(body, textAt, textLength));
                }
            } else {
                skip(tag);
            }
        }
        leave(limit);
        environment = resource.environment(settings);
    }

    private void scopeSpans() throws IOException {
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == Tag.SCOPE_SPANS_SPANS) {
                span();
            } else {
                skip(tag);
            }
        }
        leave(limit);
    }

    private void span() throws IOException {
        span.clear();
        int traceId = -1;
        int spanId = -1;
        long start = 0;
        long end = 0;
        boolean sampled = false;
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == Tag.SPAN_ATTRIBUTES) {
                attribute();
                toSpan();
            } else if (tag == Tag.SPAN_TRACE_ID) {
                traceId = bytes(TRACE_ID_BYTES);
            } else if (tag == Tag.SPAN_SPAN_ID) {
                spanId = bytes(SPAN_ID_BYTES);
            } else if (tag == Tag.SPAN_TRACE_STATE) {
                sampled = isSampled(text());
            } else if (tag == Tag.SPAN_KIND) {
                span.kind = in.readEnum();
            } else if (tag == Tag.SPAN_START) {
                start = in.readFixed64();
            } else if (tag == Tag.SPAN_END) {
                end = in.readFixed64();
            } else if (tag == Tag.SPAN_STATUS) {
                status();
            } else {
                skip(tag);
            }
        }
        leave(limit);
        ended(traceId, spanId, start, end, sampled);
    }

    private void toSpan() {
        String name = key;
        if (name == null) {
            return;
        }
        if (textAt >= 0) {
            span.text(name, strings.get(body, textAt, textLength));
        } else if (isNumber) {
            span.number(name, number);
        }
    }

    private void status() throws IOException {
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == Tag.STATUS_CODE) {
                span.status = in.readEnum();
            } else {
                skip(tag);
            }
        }
        leave(limit);
    }

    /** A KeyValue; of its value what is a text or a whole number. */
    private void attribute() throws IOException {
        key = null;
        textAt = -1;
        isNumber = false;
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == Tag.KEY) {
                key = text();
            } else if (tag == Tag.VALUE) {
                value();
            } else {
                skip(tag);
            }
        }
        leave(limit);
    }

    private void value() throws IOException {
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == Tag.ANY_STRING) {
                textLength = in.readRawVarint32();
                textAt = in.getTotalBytesRead();
                in.skipRawBytes(textLength);
            } else if (tag == Tag.ANY_INT) {
                number = in.readInt64();
                isNumber = true;
            } else {
                skip(tag);
            }
        }
        leave(limit);
    }

    private String text() throws IOException {
        int length = in.readRawVarint32();
        int at = in.getTotalBytesRead();
        in.skipRawBytes(length);
        return strings.get(body, at, length);
    }

    /** Where some bytes begin; -1 if there are more or fewer than that. */
    private int bytes(int count) throws IOException {
        int length = in.readRawVarint32();
        int at = in.getTotalBytesRead();
        in.skipRawBytes(length);
        return length == count ? at : -1;
    }

    /** Whether a sampler took only a share: {@code ot=th:...} with a threshold other than 0 (OpenTelemetry's tracestate). */
    private static boolean isSampled(String traceState) {
        Matcher threshold = THRESHOLD.matcher(traceState);
        return threshold.find() && !threshold.group(1).chars().allMatch(digit -> digit == '0');
    }

    private void ended(int traceId, int spanId, long start, long end, boolean sampled) {
        boolean isCall = span.isCall();
        if (!isCall && (span.kind != SpanFields.SERVER || !settings.serverSpans())) {
            batch.others++;
            return;
        }
        if (traceId < 0 || spanId < 0 || end <= 0) {
            batch.invalid++;
            return;
        }
        Instant time = Instant.ofEpochSecond(end / NANOS_PER_SECOND, end % NANOS_PER_SECOND);
        Environment where = environment;
        if (where == null) {
            batch.elsewhere++;
            return;
        }
        if (sampled || span.promoted) {
            batch.sampled++;
            return;
        }
        Event.Outcome outcome = span.outcome();
        if (outcome == null) {
            batch.others++;
            return;
        }
        String trace = HEX.formatHex(body, traceId, traceId + TRACE_ID_BYTES);
        int attempts = isCall ? span.attemptsMade() : 1;
        String downstream = span.downstream;
        if (isCall && downstream != null && span.decision != null && batch.records.size() < RECORDS) {
            batch.records.add(new RetryRecord(
                    time,
                    downstream,
                    span.sli,
                    span.route(),
                    resource.release,
                    where,
                    resource.side(span.side),
                    trace,
                    span.rule == null ? "none" : span.rule,
                    span.decision));
        }
        batch.events.add(new Event(
                trace + HEX.formatHex(body, spanId, spanId + SPAN_ID_BYTES),
                time,
                isCall && downstream != null ? downstream : resource.service,
                span.sli,
                span.route(),
                outcome,
                resource.release,
                where,
                resource.side(span.side),
                trace,
                span.businessEvent,
                attempts,
                attempts > 1 && outcome == Event.Outcome.GOOD,
                start <= 0 || end < start ? null : (end - start + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI));
    }
}
