package io.levee.guard.ingest;

import com.google.protobuf.CodedOutputStream;
import io.levee.guard.store.StoreException;
import io.levee.guard.web.Answer;
import io.levee.guard.web.Request;
import io.levee.guard.web.Role;
import io.levee.guard.web.Routes;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OTLP over HTTP: binary protobuf and JSON; errors are google.rpc.Status in the encoding of the request. Thread-safe. */
final class OtlpHttp {
    private static final String PROTOBUF = "application/x-protobuf";
    private static final String JSON = "application/json";
    private static final String RETRY_AFTER = "Retry-After";

    /** Codes of google.rpc.Code. */
    private static final int INVALID_ARGUMENT = 3;

    private static final int UNAVAILABLE = 14;

    private final Otlp otlp;
    private final InFlight inFlight;
    private final Meter meter;

    OtlpHttp(Otlp otlp, InFlight inFlight, Meter meter) {
        this.otlp = otlp;
        this.inFlight = inFlight;
        this.meter = meter;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/v1/traces", Role.INGEST, request -> receive(request, otlp::traces, OtlpHttp::traces));
        routes.add("POST", "/v1/metrics", Role.INGEST, request -> receive(request, otlp::metrics, OtlpHttp::metrics));
    }

    /** Writes the answer of one signal. */
    private interface Response {
        byte[] of(Otlp.Taken taken, boolean json);
    }

    private Answer receive(Request request, Otlp.Signal signal, Response response) {
        String type = mediaType(request.header("Content-Type"));
        boolean json = JSON.equals(type);
        if (!json && !PROTOBUF.equals(type)) {
            meter.invalid.increment();
            return status(415, JSON, INVALID_ARGUMENT, "Content-Type must be " + PROTOBUF + " or " + JSON);
        }
        byte[] body = request.body();
        if (!inFlight.enter(body.length)) {
            meter.refused.increment();
            return status(429, type, UNAVAILABLE, "the guard is busy; send this again in a second")
                    .with(RETRY_AFTER, "1");
        }
        try {
            return Answer.of(200, json ? JSON : PROTOBUF, response.of(signal.take(body, json), json));
        } catch (BadPayload e) {
            meter.invalid.increment();
            return status(400, type, INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        } catch (StoreException e) {
            meter.refused.increment();
            return status(503, type, UNAVAILABLE, String.valueOf(e.getMessage()))
                    .with(RETRY_AFTER, "5");
        } finally {
            inFlight.leave(body.length);
        }
    }

    private static @Nullable String mediaType(@Nullable String header) {
        if (header == null) {
            return null;
        }
        int end = header.indexOf(';');
        return (end < 0 ? header : header.substring(0, end)).strip().toLowerCase(java.util.Locale.ROOT);
    }

    private static byte[] traces(Otlp.Taken taken, boolean json) {
        if (json) {
            return partialJson("rejectedSpans", taken);
        }
        ExportTraceServiceResponse.Builder response = ExportTraceServiceResponse.newBuilder();
        if (taken.complaint() != null) {
            response.setPartialSuccess(ExportTracePartialSuccess.newBuilder()
                    .setRejectedSpans(taken.rejected())
                    .setErrorMessage(taken.complaint()));
        }
        return response.build().toByteArray();
    }

    private static byte[] metrics(Otlp.Taken taken, boolean json) {
        if (json) {
            return partialJson("rejectedDataPoints", taken);
        }
        ExportMetricsServiceResponse.Builder response = ExportMetricsServiceResponse.newBuilder();
        if (taken.complaint() != null) {
            response.setPartialSuccess(ExportMetricsPartialSuccess.newBuilder()
                    .setRejectedDataPoints(taken.rejected())
                    .setErrorMessage(taken.complaint()));
        }
        return response.build().toByteArray();
    }

    /** The answers in protobuf, which gRPC sends as they are. */
    static byte[] traces(Otlp.Taken taken) {
        return traces(taken, false);
    }

    static byte[] metrics(Otlp.Taken taken) {
        return metrics(taken, false);
    }

    private static byte[] partialJson(String rejected, Otlp.Taken taken) {
        Map<String, Object> response = new LinkedHashMap<>();
        if (taken.complaint() != null) {
            // A 64-bit number is a text in protobuf's JSON.
            response.put(
                    "partialSuccess",
                    Map.of(rejected, Long.toString(taken.rejected()), "errorMessage", taken.complaint()));
        }
        return Answer.json(response).body();
    }

    private static Answer status(int http, @Nullable String type, int code, String message) {
        if (JSON.equals(type)) {
            return Answer.json(http, Map.of("code", code, "message", message));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeInt32(1, code);
            out.writeString(2, message);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Answer.of(http, PROTOBUF, bytes.toByteArray());
    }
}
