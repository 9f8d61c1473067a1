package io.levee.guard.server;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A request of OTLP in protobuf, with the attributes that OpenTelemetry's instrumentation of HTTP servers has. */
final class OtlpBytes {
    private final byte[] template;
    private final List<Integer> ids = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();

    OtlpBytes(String service, int spans) {
        byte[] marker = ByteBuffer.allocate(8).putLong(0x1122334455667788L).array();
        byte[] resource = message(
                1, message(1, attribute("service.name", service)), message(1, attribute("service.version", "1.4.2")));
        byte[][] all = new byte[spans][];
        for (int i = 0; i < spans; i++) {
            all[i] = message(2, span(marker, i % 100 == 0 ? 503 : 201));
        }
        template = message(1, resource, message(2, all));
        for (int at = 0; at + 8 <= template.length; at++) {
            if (template[at] == marker[0] && ByteBuffer.wrap(template, at, 8).getLong() == 0x1122334455667788L) {
                ids.add(at);
            }
            if (template[at] == 0x41 && template[at + 1] == 0x77 && template[at + 2] == 0x77) {
                ends.add(at + 1);
            }
        }
        if (ids.size() != 3 * spans || ends.size() != spans) {
            throw new IllegalStateException(ids.size() + " ids, " + ends.size() + " ends");
        }
    }

    private static byte[] span(byte[] id, int status) {
        return join(
                bytes(1, join(id, id)),
                bytes(2, id),
                bytes(5, text("POST /orders")),
                new byte[] {6 << 3, 2},
                fixed(7, 0x7676767676767676L),
                fixed(8, 0x7777777777777777L),
                message(9, attribute("http.request.method", "POST")),
                message(9, attribute("http.route", "/orders")),
                message(9, attribute("url.scheme", "https")),
                message(9, attribute("url.path", "/orders")),
                message(9, attribute("server.address", "orders.example.org")),
                message(9, attribute("server.port", 443)),
                message(9, attribute("client.address", "10.0.0.17")),
                message(9, attribute("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36")),
                message(9, attribute("network.protocol.version", "1.1")),
                message(9, attribute("thread.id", 31)),
                message(9, attribute("thread.name", "qtp-31")),
                message(9, attribute("http.response.status_code", status)));
    }

    private static byte[] attribute(String key, String value) {
        return join(bytes(1, text(key)), message(2, bytes(1, text(value))));
    }

    private static byte[] attribute(String key, long value) {
        return join(bytes(1, text(key)), message(2, new byte[] {3 << 3}, varint(value)));
    }

    private static byte[] message(int field, byte[]... parts) {
        return bytes(field, join(parts));
    }

    private static byte[] bytes(int field, byte[] value) {
        return join(varint((long) field << 3 | 2), varint(value.length), value);
    }

    private static byte[] fixed(int field, long value) {
        return join(
                varint((long) field << 3 | 1),
                ByteBuffer.allocate(8).putLong(Long.reverseBytes(value)).array());
    }

    private static byte[] varint(long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (long left = value; ; left >>>= 7) {
            if (left < 128) {
                out.write((int) left);
                return out.toByteArray();
            }
            out.write((int) (left & 127 | 128));
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    int spans() {
        return ends.size();
    }

    /** A request whose spans no other number has, and that end at an instant. */
    byte[] request(long number, Instant end) {
        byte[] body = template.clone();
        ByteBuffer at = ByteBuffer.wrap(body);
        for (int i = 0; i < ids.size(); i++) {
            // Two of the three places of a span's id are its trace's.
            at.putLong(ids.get(i), (number << 20 | i) + 1);
        }
        long nanos = end.getEpochSecond() * 1_000_000_000L + end.getNano();
        for (int each : ends) {
            at.putLong(each, Long.reverseBytes(nanos));
        }
        return body;
    }
}
