package io.levee.guard.ingest;

import static io.levee.guard.ingest.Spans.number;
import static io.levee.guard.ingest.Spans.span;
import static io.levee.guard.ingest.Spans.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.levee.guard.slo.gate.Environment;
import io.levee.guard.slo.gate.Event;
import io.levee.guard.slo.gate.RetryRecord;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What spans become, sent to a real server. */
class TracesTest {
    private static final String PROTOBUF = "application/x-protobuf";
    private static final List<KeyValue> ORDER = List.of(
            text("service.name", "order"),
            text("service.version", "1.4.2"),
            text("deployment.environment.name", "canary"),
            text("levee.side", "canary"));

    private Guard guard = new Guard(IngestSettings.defaults());

    @AfterEach
    void stop() {
        guard.close();
    }

    private HttpResponse<byte[]> send(ExportTraceServiceRequest request) throws Exception {
        return guard.post("/v1/traces", PROTOBUF, Guard.gzip(request.toByteArray()), "Content-Encoding", "gzip");
    }

    private static ExportTraceServiceResponse response(HttpResponse<byte[]> answer) throws Exception {
        assertThat(answer.statusCode()).isEqualTo(200);
        return ExportTraceServiceResponse.parseFrom(answer.body());
    }

    @Test
    void theDecisionThatEndedACallIsKept() throws Exception {
        String text = "inventory: stopped after attempt 2 (RETRY_BUDGET): no token [rule connect, cost 1]";
        Span call = span(
                7,
                SpanKind.SPAN_KIND_INTERNAL,
                text("levee.downstream", "inventory"),
                text("levee.outcome", "bad"),
                text("levee.rule", "connect"),
                text("levee.decision", text));
        assertThat(response(send(Spans.request(ORDER, call))).hasPartialSuccess())
                .isFalse();
        assertThat(guard.recorded.records())
                .containsExactly(new RetryRecord(
                        Spans.END,
                        "inventory",
                        null,
                        null,
                        "1.4.2",
                        Environment.CANARY,
                        Event.Side.CANARY,
                        Spans.hex(16, 7),
                        "connect",
                        text));
    }

    @Test
    void aCallOfLeveeIsOneEventWhateverItsAttempts() throws Exception {
        Span call = span(
                7,
                SpanKind.SPAN_KIND_INTERNAL,
                text("levee.downstream", "inventory"),
                text("levee.operation", "GET /stock/{sku}"),
                number("levee.attempts", 3),
                number("http.retry_count", 2),
                text("levee.outcome", "good"),
                text("business.event", "order-17"));
        Span attempt = Spans.failed(span(
                8,
                SpanKind.SPAN_KIND_CLIENT,
                text("levee.downstream", "inventory"),
                number("retry.attempt", 1),
                number("http.response.status_code", 503)));
        assertThat(response(send(Spans.request(ORDER, attempt, call))).hasPartialSuccess())
                .isFalse();
        assertThat(guard.recorded.only())
                .isEqualTo(new Event(
                        Spans.hex(16, 7) + Spans.hex(8, 7),
                        Spans.END,
                        "inventory",
                        null,
                        "GET /stock/{sku}",
                        Event.Outcome.GOOD,
                        "1.4.2",
                        Environment.CANARY,
                        Event.Side.CANARY,
                        Spans.hex(16, 7),
                        "order-17",
                        3,
                        true,
                        801L));
        send(Spans.request(ORDER, attempt, call));
        assertThat(guard.recorded.events()).hasSize(1);
        assertThat(guard.ingest.stats().duplicates()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "levee.outcome=bad, BAD",
        "levee.outcome=degraded, DEGRADED",
        "levee.outcome=withdrawn, ",
        "levee.stop=CANCELLED, ",
        "error.type=timeout, BAD",
        "http.response.status_code=500, BAD",
        "http.response.status_code=429, BAD",
        "http.response.status_code=404, GOOD",
        "http.status_code=503, BAD",
        "rpc.status_code=RESOURCE_EXHAUSTED, BAD",
        "rpc.grpc.status_code=8, BAD",
        "rpc.grpc.status_code=5, GOOD",
    })
    void theOutcomeIsWhatTheSpanSays(String attribute, Event.Outcome outcome) throws Exception {
        String[] pair = attribute.split("=");
        KeyValue said = pair[1].matches("[0-9]+") ? number(pair[0], Long.parseLong(pair[1])) : text(pair[0], pair[1]);
        send(Spans.request(ORDER, span(1, SpanKind.SPAN_KIND_SERVER, said)));
        assertThat(guard.recorded.events())
                .extracting(Event::outcome)
                .isEqualTo(outcome == null ? List.of() : List.of(outcome));
    }

    @Test
    void aServersSpanIsAnEventOfItsOwnServiceUnlessTheSettingsSayNo() throws Exception {
        Span server = Spans.failed(span(
                1,
                SpanKind.SPAN_KIND_SERVER,
                text("http.request.method", "POST"),
                text("http.route", "/orders"),
                text("levee.sli", "order_submit"),
                text("levee.side", "stable")));
        Span client = span(2, SpanKind.SPAN_KIND_CLIENT, number("http.request.resend_count", 1));
        send(Spans.request(ORDER, server, client));
        Event event = guard.recorded.only();
        assertThat(event.service()).isEqualTo("order");
        assertThat(event.sli()).isEqualTo("order_submit");
        assertThat(event.route()).isEqualTo("POST /orders");
        assertThat(event.outcome()).isEqualTo(Event.Outcome.BAD);
        assertThat(event.side()).isEqualTo(Event.Side.STABLE);
        assertThat(event.attempts()).isEqualTo(1);
        guard.close();
        guard = new Guard(IngestSettings.defaults().withServerSpans(false));
        send(Spans.request(ORDER, server, client));
        assertThat(guard.recorded.events()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"prod, PRODUCTION", "staging, STAGING", "'', PRODUCTION", "eu, CANARY", "dev, "})
    void anEnvironmentHasTheNameThatTheSettingsKnow(String name, Environment environment) throws Exception {
        guard.close();
        guard = new Guard(IngestSettings.defaults().withEnvironment("eu", Environment.CANARY));
        HttpResponse<byte[]> answer = send(Spans.request(
                List.of(text("service.name", "order"), text("deployment.environment", name)),
                span(1, SpanKind.SPAN_KIND_SERVER)));
        assertThat(guard.recorded.events())
                .extracting(Event::environment)
                .isEqualTo(environment == null ? List.of() : List.of(environment));
        assertThat(response(answer).getPartialSuccess().getErrorMessage())
                .isEqualTo(
                        environment == null
                                ? "spans left out: 1 of an unknown deployment.environment.name: known are staging, canary,"
                                        + " production and those of the guard's settings"
                                : "");
    }

    @Test
    void whatCannotBeCountedIsToldAndTheRestIsCounted() throws Exception {
        Span good = span(1, SpanKind.SPAN_KIND_SERVER);
        Span sampled = span(2, SpanKind.SPAN_KIND_SERVER).toBuilder()
                .setTraceState("a=b, ot=rv:1;th:fd70a4")
                .build();
        Span whole = span(3, SpanKind.SPAN_KIND_SERVER).toBuilder()
                .setTraceState("ot=th:0")
                .build();
        Span promoted = span(4, SpanKind.SPAN_KIND_SERVER, text("sampling.reason", "retry"));
        Span endless = span(5, SpanKind.SPAN_KIND_SERVER).toBuilder()
                .clearEndTimeUnixNano()
                .build();
        Span nameless =
                span(6, SpanKind.SPAN_KIND_SERVER).toBuilder().clearTraceId().build();
        HttpResponse<byte[]> answer = send(Spans.request(ORDER, good, sampled, whole, promoted, endless, nameless));
        assertThat(response(answer).getPartialSuccess().getRejectedSpans()).isEqualTo(4);
        assertThat(response(answer).getPartialSuccess().getErrorMessage())
                .contains("2 that were sampled")
                .contains("2 without trace id");
        assertThat(guard.recorded.events()).hasSize(2);
        assertThat(guard.ingest.stats().rejected()).isEqualTo(4);
    }

    @Test
    void jsonIsReadAsProtobufIs() throws Exception {
        String json = """
                {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"order"}}]},
                 "scopeSpans":[{"scope":{"name":"io.levee"},"spans":[{"traceId":"0000000000000000000000000000000A",
                 "spanId":"000000000000000b","parentSpanId":"","name":"x","kind":2,"startTimeUnixNano":"1795600800000000000",
                 "endTimeUnixNano":1795600801000000000,"unknownField":{"a":[1,{}]},"flags":257,
                 "attributes":[{"key":"http.response.status_code","value":{"intValue":"503"}},
                  {"key":"http.route","value":{"stringValue":"/orders"}},
                  {"key":"list","value":{"arrayValue":{"values":[{"doubleValue":"NaN"},{"boolValue":true},{"bytesValue":"AA=="}]}}}],
                 "status":{"code":"STATUS_CODE_OK"}}]}]}]}
                """;
        HttpResponse<byte[]> answer = guard.post("/v1/traces", "application/json; charset=utf-8", Guard.utf8(json));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Guard.text(answer)).isEqualTo("{}");
        Event event = guard.recorded.only();
        assertThat(event.id()).isEqualTo(Spans.hex(16, 10) + Spans.hex(8, 11));
        assertThat(event.service()).isEqualTo("order");
        assertThat(event.route()).isEqualTo("/orders");
        assertThat(event.outcome()).isEqualTo(Event.Outcome.BAD);
        assertThat(event.durationMs()).isEqualTo(1_000);
        String without =
                json.replace("\"endTimeUnixNano\":1795600801000000000,", "").replace("000b", "000c");
        assertThat(Guard.text(guard.post("/v1/traces", "application/json", Guard.utf8(without))))
                .contains("\"rejectedSpans\":\"1\"")
                .contains("without trace id, span id or end time");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | the body must be a JSON object",
                "{ | the body is no JSON",
                "{} {} | more than one JSON object",
                "{\"resourceSpans\":{}} | resourceSpans must be an array",
                "{\"resourceSpans\":[7]} | resourceSpans must be an object",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"xyz\"}]}]}]} | traceId cannot be 'xyz'",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"kind\":[]}]}]}]} | kind must be a single value",
            })
    void junkInJsonIsAnsweredInJson(String body, String says) throws Exception {
        HttpResponse<byte[]> answer = guard.post("/v1/traces", "application/json", Guard.utf8(body));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Guard.text(answer)).contains("\"code\":3").contains(says);
        assertThat(guard.ingest.stats().invalid()).isEqualTo(1);
    }

    @Test
    void errorsAreAStatusInTheEncodingOfTheRequest() throws Exception {
        HttpResponse<byte[]> junk = guard.post("/v1/traces", PROTOBUF, Guard.utf8("no protobuf"));
        assertThat(junk.statusCode()).isEqualTo(400);
        assertThat(junk.headers().firstValue("Content-Type")).hasValue(PROTOBUF);
        // google.rpc.Status: 1 is the code, 2 the message
        assertThat(junk.body()).startsWith(8, 3, 18);
        assertThat(Guard.text(junk)).contains("the body is no ExportTraceServiceRequest");
        assertThat(guard.post("/v1/traces", "text/plain", new byte[0]).statusCode())
                .isEqualTo(415);
    }

    @Test
    void whatCannotBeTakenNowShallComeAgain() throws Exception {
        guard.recorded.isBroken = true;
        ExportTraceServiceRequest request = Spans.request(ORDER, span(1, SpanKind.SPAN_KIND_SERVER));
        HttpResponse<byte[]> broken = send(request);
        assertThat(broken.statusCode()).isEqualTo(503);
        assertThat(broken.headers().firstValue("Retry-After")).hasValue("5");
        assertThat(Guard.text(broken)).contains("the disk is full; make room");
        guard.recorded.isBroken = false;
        response(send(request));
        guard.recorded.only();

        InFlight room = new InFlight(100);
        assertThat(room.enter(1_000)).isTrue();
        assertThat(room.enter(1)).isFalse();
        room.leave(1_000);
        assertThat(room.enter(60)).isTrue();
        assertThat(room.enter(41)).isFalse();
        assertThat(room.enter(40)).isTrue();
    }
}
