package io.levee.guard.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Writes answers, with the headers that keep browsers safe; an answer's own headers go before them. */
final class Responder {
    private static final int WORTH_PACKING = 1024;
    private static final String POLICY =
            "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private Responder() {}

    static Answer error(int status, String message) {
        Answer answer = Answer.json(status, Map.of("error", message));
        return switch (status) {
            case 401 -> answer.with("WWW-Authenticate", "Bearer");
            case 429, 503 -> answer.with("Retry-After", "1");
            default -> answer;
        };
    }

    static void write(Request request, Response response, Callback callback, Answer answer) {
        HttpFields.Mutable headers = response.getHeaders();
        secure(request, response);
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        if (!request.consumeAvailable()) {
            // Refused before its body was here: whoever sends the next request on this connection must know that it
            // ends.
            headers.put(HttpHeader.CONNECTION, "close");
        }
        answer.headers().forEach((name, value) -> {
            if (!value.isEmpty()) {
                headers.put(name, value);
            }
        });
        String tag = answer.headers().get("ETag");
        if (tag != null
                && answer.status() == 200
                && tag.equals(request.getHeaders().get(HttpHeader.IF_NONE_MATCH))) {
            response.setStatus(304);
            headers.remove(HttpHeader.CONTENT_TYPE);
            response.write(true, ByteBuffer.allocate(0), callback);
            return;
        }
        response.setStatus(answer.status());
        byte[] body = answer.body();
        if (packs(request, answer)) {
            body = pack(body);
            headers.put(HttpHeader.CONTENT_ENCODING, "gzip");
            headers.add(new HttpField(HttpHeader.VARY, "Accept-Encoding"));
        }
        if (answer.status() != 204) {
            headers.put(HttpHeader.CONTENT_LENGTH, body.length);
        }
        boolean head = request.getMethod().equals("HEAD");
        response.write(true, head ? ByteBuffer.allocate(0) : ByteBuffer.wrap(body), callback);
    }

    static void secure(Request request, Response response) {
        HttpFields.Mutable headers = response.getHeaders();
        headers.put("Content-Security-Policy", POLICY);
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
        if (request.isSecure()) {
            headers.put("Strict-Transport-Security", "max-age=31536000");
        }
    }

    private static boolean packs(Request request, Answer answer) {
        String type = answer.headers().getOrDefault("Content-Type", "");
        return answer.body().length >= WORTH_PACKING
                && (type.startsWith("text/")
                        || type.contains("json")
                        || type.contains("javascript")
                        || type.contains("svg"))
                && !answer.headers().containsKey("Content-Encoding")
                && request.getHeaders().contains(HttpHeader.ACCEPT_ENCODING, "gzip");
    }

    private static byte[] pack(byte[] body) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(body.length / 4);
        try (GZIPOutputStream to = new GZIPOutputStream(packed)) {
            to.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
