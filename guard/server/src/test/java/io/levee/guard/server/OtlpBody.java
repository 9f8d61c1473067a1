package io.levee.guard.server;

import java.time.Instant;

/** A request of OTLP/HTTP in JSON, as OpenTelemetry's exporters send it: spans of one service, release and side. */
final class OtlpBody {
    private final String resource;
    private final StringBuilder spans = new StringBuilder();
    private int count;

    /** Side and environment may be null. */
    OtlpBody(String service, String release, String environment, String side) {
        StringBuilder attributes = new StringBuilder(text("service.name", service));
        attributes.append(',').append(text("service.version", release));
        if (environment != null) {
            attributes.append(',').append(text("deployment.environment.name", environment));
        }
        if (side != null) {
            attributes.append(',').append(text("levee.side", side));
        }
        resource = attributes.toString();
    }

    /** So many SERVER spans that end at an instant, the first ones failed; numbered from an id on. */
    OtlpBody served(long id, Instant end, int spansOfIt, int bad) {
        for (int i = 0; i < spansOfIt; i++) {
            span(id + i, 2, end, number("http.response.status_code", i < bad ? 503 : 200));
        }
        return this;
    }

    /** The span that a Levee has of a call, with those of its attempts. */
    OtlpBody called(long id, String downstream, Instant end, String outcome, int attempts) {
        span(
                id,
                1,
                end,
                text("levee.downstream", downstream)
                        + ','
                        + text("levee.outcome", outcome)
                        + ','
                        + number("levee.attempts", attempts));
        for (int attempt = 0; attempt < attempts; attempt++) {
            span(
                    id + attempt + 1,
                    3,
                    end,
                    text("levee.downstream", downstream)
                            + ','
                            + number("retry.attempt", attempt)
                            + ','
                            + number("http.response.status_code", attempt + 1 < attempts ? 503 : 200));
        }
        return this;
    }

    private void span(long id, int kind, Instant end, String attributes) {
        long nanos = end.getEpochSecond() * 1_000_000_000L + end.getNano();
        spans.append(count++ == 0 ? "" : ",")
                .append(
                        "{\"traceId\":\"4bf92f3577b34da6%016x\",\"spanId\":\"%016x\",\"name\":\"POST /orders\",\"kind\":"
                                .formatted(id, id))
                .append(kind)
                .append(",\"startTimeUnixNano\":\"")
                .append(nanos - 20_000_000)
                .append("\",\"endTimeUnixNano\":\"")
                .append(nanos)
                .append("\",\"attributes\":[")
                .append(attributes)
                .append("]}");
    }

    private static String text(String key, String value) {
        return "{\"key\":\"" + key + "\",\"value\":{\"stringValue\":\"" + value + "\"}}";
    }

    private static String number(String key, long value) {
        return "{\"key\":\"" + key + "\",\"value\":{\"intValue\":\"" + value + "\"}}";
    }

    @Override
    public String toString() {
        return "{\"resourceSpans\":[{\"resource\":{\"attributes\":[" + resource + "]},\"scopeSpans\":[{\"spans\":["
                + spans + "]}]}]}";
    }
}
