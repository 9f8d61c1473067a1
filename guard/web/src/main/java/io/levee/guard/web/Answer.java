package io.levee.guard.web;

import java.util.LinkedHashMap;
import java.util.Map;

/** An answer. Immutable. */
public final class Answer {
    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    private Answer(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = Map.copyOf(headers);
        this.body = body;
    }

    /**
     * JSON with status 200.
     *
     * @param value strings, numbers, booleans, nulls, lists, maps, and records of exported packages; instants become ISO 8601,
     *     decimals are written in full, and what is no number becomes null
     * @return the answer
     */
    public static Answer json(Object value) {
        return json(200, value);
    }

    /**
     * JSON.
     *
     * @param status such as 201
     * @param value as above
     * @return the answer
     */
    public static Answer json(int status, Object value) {
        return of(status, "application/json", Json.bytes(value));
    }

    /**
     * Any bytes.
     *
     * @param status such as 200
     * @param type their media type
     * @param body the bytes; not copied, so do not change them
     * @return the answer
     */
    public static Answer of(int status, String type, byte[] body) {
        return new Answer(status, Map.of("Content-Type", type), body);
    }

    /**
     * With another header.
     *
     * @param name its name
     * @param value its value
     * @return a new answer
     */
    public Answer with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, more, body);
    }

    /**
     * The status.
     *
     * @return such as 200
     */
    public int status() {
        return status;
    }

    /**
     * The headers.
     *
     * @return without Content-Length
     */
    public Map<String, String> headers() {
        return headers;
    }

    /**
     * The body.
     *
     * @return its bytes; do not change them
     */
    public byte[] body() {
        return body;
    }
}
